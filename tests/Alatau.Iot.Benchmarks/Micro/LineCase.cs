using System.Globalization;
using Alatau.Iot.Core.History;
using Alatau.Iot.Simulator.Load;
using Alatau.Iot.Storage.Influx;

namespace Alatau.Iot.Benchmarks.Micro;

/// <summary>Readings into InfluxDB's line protocol, one line an instant with all its fields.</summary>
internal static class LineCase
{
    public static (double Nanoseconds, double Bytes) Run(MicroMessages messages)
    {
        using var buffer = new LineBuffer();
        var encoder = new LineEncoder(messages.Directory, messages.Catalog);
        var batch = new HistoryBatch();
        HistoryRows.Fill(batch, messages, 0);
        var figures = MicroLoop.Measure(HistoryRows.Rows, () =>
        {
            buffer.Clear();
            for (int next = 0; next < batch.Readings.Count;)
            {
                encoder.Encode(batch.Readings, ref next, buffer, int.MaxValue);
            }
        });
        string first = buffer.Count > 0 ? buffer.Text(0) : "";
        bool isRight = buffer.Count == HistoryRows.Messages
            && first.Contains(LoadPacket.FirstAsset.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
            && first.Contains("energyImport=1000000", StringComparison.Ordinal);
        return isRight ? figures : throw new WrongResultException($"{HistoryRows.Messages} messages gave {buffer.Count} lines; the first: {first}");
    }
}
