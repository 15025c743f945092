using Alatau.Iot.Web.Console.Views;

namespace Alatau.Iot.Web.Console;

/// <summary>What every page carries.</summary>
/// <param name="Title">What the installation is called.</param>
/// <param name="Page">Name of the page, for the window's title.</param>
/// <param name="Section">Which entry of the navigation is the present one: <c>overview</c>, <c>topology</c>, <c>quarantine</c>, <c>ledger</c>, or none.</param>
/// <param name="Theme">Empty (as the system says), <c>dark</c> or <c>light</c>.</param>
/// <param name="Operator">Name the operator gave, from the cookie.</param>
/// <param name="Stream">Address of the page's event stream; null for a page that stands still.</param>
/// <param name="ZoneOffsetMinutes">Offset of the city's zone from UTC now.</param>
/// <param name="ZoneName">Of the city's zone.</param>
/// <param name="Now">Unix milliseconds.</param>
/// <param name="Problems">What the readiness checks say; empty when all is well.</param>
/// <param name="Alarms">How many alarms are open.</param>
/// <param name="Refused">Why what a form asked for was not done; empty when it was, or nothing was asked.</param>
public sealed record ShellView(
    string Title, string Page, string Section, string Theme, string Operator, string? Stream, int ZoneOffsetMinutes, string ZoneName, long Now, IReadOnlyList<string> Problems, AlarmTally Alarms, string Refused);
