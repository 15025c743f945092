using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Simulator.Devices;

namespace Alatau.Iot.Simulator.Recordings;

/// <summary>Measured data that travels the same road as a device. Immutable.</summary>
public sealed class Recording
{
    internal Recording(AssetId asset, ReadingLayout layout, Instant[] times, double[] values)
    {
        Asset = asset;
        Layout = layout;
        Times = times;
        Values = values;
    }

    /// <summary>The asset the file speaks for.</summary>
    public AssetId Asset { get; }

    /// <summary>Rows in the file.</summary>
    public int RowCount => Times.Length;

    internal ReadingLayout Layout { get; }

    /// <summary>Ascending.</summary>
    internal Instant[] Times { get; }

    /// <summary>Row by row, in the layout's order, canonical units; NaN where a cell is empty.</summary>
    internal double[] Values { get; }
}
