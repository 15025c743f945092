namespace Alatau.Iot.Web.Console.Views;

/// <summary>An outage beneath its alarm.</summary>
/// <param name="Text">Since when, how many customers, how many at the worst.</param>
/// <param name="Members">Some of the meters without mains: name and link.</param>
/// <param name="More">How many others.</param>
public sealed record OutageRowView(string Text, IReadOnlyList<(string Name, string Href)> Members, int More);
