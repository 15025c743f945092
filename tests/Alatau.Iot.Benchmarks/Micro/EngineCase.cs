using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Processing;
using Alatau.Iot.Core.Readings;
using Alatau.Iot.Engine;

namespace Alatau.Iot.Benchmarks.Micro;

/// <summary>One thread posts, the shards process; a round ends when the inboxes are empty.</summary>
internal static class EngineCase
{
    private const int TurnsARound = 20;

    public static async Task<(double Nanoseconds, double Bytes)> RunAsync(MicroMessages messages)
    {
        await using var engine = new AssetEngine(messages.Catalog, messages.Directory, messages.Rules, [], new ProcessorOptions(), new EngineOptions(), [], TimeProvider.System);
        engine.Start();
        long turn = 0;
        var figures = MicroLoop.Measure(TurnsARound * MicroMessages.Assets, () =>
        {
            for (int i = 0; i < TurnsARound; i++)
            {
                Post(engine, messages, turn++);
            }

            Wait(engine);
        });
        long expected = turn * MicroMessages.Assets;
        long processed = engine.Figures.Sum(f => f.Batches);
        long accepted = engine.Figures.Sum(f => f.Readings(ReadingOutcome.Accepted));
        return processed == expected && accepted == expected * MicroMessages.Measurands
            ? figures
            : throw new WrongResultException($"{expected} messages were posted, {processed} processed, {accepted} readings accepted.");
    }

    private static void Post(AssetEngine engine, MicroMessages messages, long turn)
    {
        var readings = messages.Readings(turn);
        for (int asset = 0; asset < MicroMessages.Assets; asset++)
        {
            var batch = new ReadingBatch(new AssetHandle(asset), readings[0].MeasuredAt, 0, 0, readings);
            while (!engine.TryPost(batch))
            {
                Thread.Yield();
            }
        }
    }

    private static void Wait(AssetEngine engine)
    {
#pragma warning disable VSTHRD002 // The loop that is timed is synchronous, and this process has no synchronisation context.
        engine.DrainAsync(CancellationToken.None).AsTask().GetAwaiter().GetResult();
#pragma warning restore VSTHRD002
    }
}
