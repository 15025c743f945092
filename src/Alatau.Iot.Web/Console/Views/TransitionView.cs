namespace Alatau.Iot.Web.Console.Views;

/// <summary>One step of an alarm in a history.</summary>
/// <param name="Href">The page of the alarm.</param>
/// <param name="State">What the step brought about.</param>
public sealed record TransitionView(string At, AlarmMark Mark, string Title, string Href, string Asset, string AssetHref, string Site, string State, string Value, string By, string Why);
