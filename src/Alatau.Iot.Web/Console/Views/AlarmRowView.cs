namespace Alatau.Iot.Web.Console.Views;

/// <summary>An open alarm in the panel.</summary>
/// <param name="Key">Stem of its element ids, stable while it is open.</param>
/// <param name="Place">Asset and site.</param>
/// <param name="State">In words; empty for the plain case, active and not acknowledged.</param>
/// <param name="RaisedAt">Unix milliseconds.</param>
/// <param name="CanAcknowledge">Whether it waits for a person.</param>
public sealed record AlarmRowView(
    string Key, string Id, AlarmMark Mark, string Title, string Place, string Href, string State, string Value, string Cause, long RaisedAt, string Age, bool CanAcknowledge);
