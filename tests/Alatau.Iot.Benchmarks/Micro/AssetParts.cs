using System.Globalization;
using System.Text;
using Alatau.Iot.Core.Assets;
using Alatau.Iot.Ingest.Pipeline;
using Alatau.Iot.Simulator.Load;

namespace Alatau.Iot.Benchmarks.Micro;

/// <summary>Exact bytes of managed heap that each room keeps for one self-registered asset.</summary>
internal static class AssetParts
{
    private const int Assets = 50_000;

    public static IReadOnlyList<(string Part, double Bytes)> Measure(MicroMessages messages)
    {
        byte[][] topics = [.. Enumerable.Range(0, Assets).Select(i => Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"alatau/v1/parts/{LoadPacket.FirstAsset + i}/telemetry")))];
        var directory = new AssetDirectory();
        var resolver = new DeviceResolver(messages.Profiles, directory, [], new IngestOptions { AutoRegister = true });
        var bindings = new TelemetryBinding[Assets];

        double registered = Kept(() =>
        {
            for (int i = 0; i < Assets; i++)
            {
                directory.TryRegister(new Asset(AssetId.Of("parts", (LoadPacket.FirstAsset + i).ToString(CultureInfo.InvariantCulture)), (LoadPacket.FirstAsset + i).ToString(CultureInfo.InvariantCulture), AssetKind.Unknown), out _);
            }
        });
        double bound = Kept(() =>
        {
            for (int i = 0; i < Assets; i++)
            {
                resolver.TryFind(topics[i], out bindings[i]);
            }
        });
        GC.KeepAlive(directory);
        GC.KeepAlive(bindings);
        GC.KeepAlive(resolver);
        return [("state in the engine", ProcessorCase.BytesOfState(messages)), ("directory", registered), ("what its topic means", bound)];
    }

    private static double Kept(Action fill)
    {
        long before = GC.GetTotalMemory(forceFullCollection: true);
        fill();
        return (GC.GetTotalMemory(forceFullCollection: true) - before) / (double)Assets;
    }
}
