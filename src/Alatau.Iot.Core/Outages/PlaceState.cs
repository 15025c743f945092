using Alatau.Iot.Core.Time;

namespace Alatau.Iot.Core.Outages;

/// <summary>What the judge knows of one place.</summary>
internal sealed class PlaceState
{
    public bool IsOpen { get; set; }

    public bool IsFolded { get; set; }

    public bool HasJoined { get; set; }

    public Instant? DarkSince { get; set; }

    public Instant Start { get; set; }

    public OutagePlace? Into { get; set; }

    public int Silent { get; set; }

    public int Customers { get; set; }

    public int Worst { get; set; }

    public int Meters { get; set; }

    public int Gasps { get; set; }

    /// <summary>A connection that is back explains until then why those behind it haven't been heard again yet.</summary>
    public Instant LingersUntil { get; set; }

    /// <summary>A gateway or bridge said goodbye itself.</summary>
    public bool HasGasped { get; set; }

    /// <summary>Longest reporting interval among the silent ones, in ms.</summary>
    public long Interval { get; set; }
}
