namespace Alatau.Iot.Web.Console.Views;

/// <summary>One step of an alarm in the history of an asset.</summary>
public sealed record TransitionView(string At, AlarmMark Mark, string Title, string State, string Value, string By, string Why);
