using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Measurands;
using Alatau.Iot.Core.Runtime;

namespace Alatau.Iot.Web.Live;

/// <summary>Which of an asset's measurands an operator looks at first, and which next.</summary>
internal sealed class MainMeasurand
{
    /// <summary>Rank of a measurand that is never the main one.</summary>
    public const byte None = byte.MaxValue;

    private static readonly string[] s_power =
        ["activePower", "dcPower", "apparentPower", "voltage", "voltage.l1", "frequency", "energyImport", "energyProduced"];

    private static readonly string[] s_powerBeside =
        ["voltage", "voltage.l1", "voltage.l2", "voltage.l3", "current", "current.l1", "frequency", "powerFactor", "energyImport", "energyProduced", "irradiance", "moduleTemperature", "stateOfCharge"];

    private static readonly string[] s_air =
        ["co2", "ambientTemperature", "humidity", "illuminance", "occupancy"];

    private static readonly string[] s_weather =
        ["irradiance", "ambientTemperature", "windSpeed", "humidity", "pressure"];

    private static readonly string[] s_water =
        ["flowRate", "volume", "ambientTemperature"];

    private readonly byte[][] _main;
    private readonly byte[][] _beside;

    public MainMeasurand(MeasurandCatalog catalog)
    {
        var kinds = Enum.GetValues<AssetKind>();
        _main = new byte[kinds.Length][];
        _beside = new byte[kinds.Length][];
        foreach (var kind in kinds)
        {
            (string[] main, string[] beside) = kind switch
            {
                AssetKind.Building => ([.. s_air, .. s_power], s_air),
                AssetKind.Weather => (s_weather, s_weather),
                AssetKind.Water => (s_water, s_water),
                AssetKind.Storage => (["activePower", "stateOfCharge", .. s_power[1..]], ["stateOfCharge", .. s_powerBeside]),
                AssetKind.Solar => (s_power, ["irradiance", "moduleTemperature", .. s_powerBeside]),
                AssetKind.Bridge => (["bridgesDown"], ["bridgesDown"]),
                AssetKind.Platform => (["journalFill", "outboxFill", "storeAway", "bridgesDown"], ["outboxFill", "storeAway", "bridgesDown"]),
                AssetKind.Unknown => ([.. s_power, .. s_air, .. s_weather, .. s_water], [.. s_powerBeside, .. s_air]),
                _ => (s_power, s_powerBeside),
            };
            _main[(int)kind] = Ranks(catalog, main);
            _beside[(int)kind] = Ranks(catalog, beside);
        }
    }

    /// <summary>0 for the best main measurand of <paramref name="kind"/>; <see cref="None"/> for one that isn't.</summary>
    public byte Rank(AssetKind kind, MeasurandId measurand) => _main[(int)kind][measurand.Value];

    /// <summary>The main value of a snapshot; the first of all when none ranks, null when there is none.</summary>
    public LatestValue? Of(AssetKind kind, IReadOnlyList<LatestValue> values)
    {
        LatestValue? best = values.Count > 0 ? values[0] : null;
        byte bestRank = None;
        foreach (var value in values)
        {
            byte rank = Rank(kind, value.Measurand);
            if (rank < bestRank)
            {
                (best, bestRank) = (value, rank);
            }
        }

        return best;
    }

    /// <summary>Up to <paramref name="count"/> values to stand beside the main one, best first.</summary>
    public IReadOnlyList<LatestValue> Beside(AssetKind kind, IReadOnlyList<LatestValue> values, MeasurandId? main, int count) =>
    [
        .. values
            .Where(v => v.Measurand != main && _beside[(int)kind][v.Measurand.Value] != None)
            .OrderBy(v => _beside[(int)kind][v.Measurand.Value])
            .Take(count),
    ];

    private static byte[] Ranks(MeasurandCatalog catalog, string[] names)
    {
        var ranks = new byte[catalog.Count];
        Array.Fill(ranks, None);
        byte next = 0;
        foreach (string name in names)
        {
            if (catalog.TryFind(name, out var id) && ranks[id.Value] == None)
            {
                ranks[id.Value] = next++;
            }
        }

        return ranks;
    }
}
