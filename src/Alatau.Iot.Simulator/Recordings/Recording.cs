using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Simulator.Devices;

namespace Alatau.Iot.Simulator.Recordings;

/// <summary>Measured data that travels the same road as a device. Immutable.</summary>
public sealed class Recording
{
    internal Recording(AssetId asset, ReadingLayout layout, double? speed, Instant[] times, double[] values)
    {
        Asset = asset;
        Layout = layout;
        Speed = speed;
        Times = times;
        Values = values;
    }

    /// <summary>The asset the file speaks for.</summary>
    public AssetId Asset { get; }

    /// <summary>Rows in the file.</summary>
    public int RowCount => Times.Length;

    /// <summary>
    /// Recorded seconds that pass in a second of the clock; <see cref="Scenarios.Scenario.MaximumSpeed"/> is as fast as the broker takes it. Null goes with the
    /// scenario's time, whatever paces that.
    /// </summary>
    /// <remarks>A row of recorded time t is said (t − the scenario's start) / speed after the play began, with t as its stamp. The scenario's duration ends it in recorded time, too.</remarks>
    public double? Speed { get; }

    internal ReadingLayout Layout { get; }

    /// <summary>Ascending.</summary>
    internal Instant[] Times { get; }

    /// <summary>Row by row, in the layout's order, canonical units; NaN where a cell is empty.</summary>
    internal double[] Values { get; }
}
