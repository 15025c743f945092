using Alatau.Iot.Core.Measurands;

namespace Alatau.Iot.Core.Processing;

/// <summary>The name table of a checkpoint, matched with the present catalog and rules. Made by <see cref="AssetStateCodec.ReadNames"/>.</summary>
public sealed class StateNames
{
    internal const int Gone = -1;

    /// <summary>First version whose alarms carry the number of a limit and what conditions remember.</summary>
    internal const ushort WithTraces = 2;

    internal StateNames(ushort version, int[] measurands, string[] rules) => (Version, Measurands, Rules) = (version, measurands, rules);

    /// <summary>Version of the bytes that follow.</summary>
    internal ushort Version { get; }

    /// <summary>Present id of each measurand of the file; <see cref="Gone"/> when there is none of that name, unit and kind.</summary>
    internal int[] Measurands { get; }

    internal string[] Rules { get; }

    internal static int Match(MeasurandCatalog catalog, string name, string unit, MeasurandKind kind) =>
        catalog.TryFind(name, out var id) && catalog[id].Unit == unit && catalog[id].Kind == kind ? id.Value : Gone;
}
