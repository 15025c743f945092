namespace Alatau.Iot.Web.Console.Views;

/// <summary>An open alarm in the panel or in the list.</summary>
/// <param name="Key">Stem of its element ids, stable while it is open.</param>
/// <param name="Href">The page of the alarm.</param>
/// <param name="Place">Asset and site.</param>
/// <param name="PlaceHref">The page of the asset.</param>
/// <param name="State">In words; empty for the plain case, active and not acknowledged.</param>
/// <param name="RaisedAt">Unix milliseconds.</param>
/// <param name="CanAcknowledge">Whether it waits for a person.</param>
public sealed record AlarmRowView(
    string Key, string Id, AlarmMark Mark, string Title, string Href, string Place, string PlaceHref, string State, string Value, string Cause, long RaisedAt, string Age, bool CanAcknowledge)
{
    public string Asset { get; init; } = "";

    public string Site { get; init; } = "";

    /// <summary>When it was raised, in the site's zone.</summary>
    public string Raised { get; init; } = "";

    /// <summary>Who made its latest step; empty for the platform.</summary>
    public string By { get; init; } = "";

    /// <summary>What its latest step said.</summary>
    public string Why { get; init; } = "";

    /// <summary>Of a shelved one when it comes back by itself, in the site's zone; empty when nothing but a person brings it back.</summary>
    public string Until { get; init; } = "";

    /// <summary>Classes of its row.</summary>
    public string Look => (CanAcknowledge ? "waits " : "known ") + Mark.Severity;

    /// <summary>What is known of an outage; null for another alarm.</summary>
    public OutageRowView? Outage { get; init; }
}
