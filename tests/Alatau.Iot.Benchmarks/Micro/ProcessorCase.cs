using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Processing;
using Alatau.Iot.Core.Readings;

namespace Alatau.Iot.Benchmarks.Micro;

/// <summary>The pure rules: dedupe, order, windows, counters, alarms.</summary>
internal static class ProcessorCase
{
    public static (double Nanoseconds, double Bytes) Run(MicroMessages messages)
    {
        var processor = Create(messages);
        AssetState[] states = [.. Enumerable.Range(0, MicroMessages.Assets).Select(i => processor.Create(new AssetHandle(i)))];
        long turn = 0;
        long stored = 0;
        var figures = MicroLoop.Measure(MicroMessages.Assets, () =>
        {
            Turn(messages, processor, states, turn++, ref stored);
        });
        long expected = turn * MicroMessages.Assets;
        bool isRight = stored == expected && states.All(s => processor.Snapshot(s)!.ReadingCount == turn * MicroMessages.Measurands);
        return isRight ? figures : throw new WrongResultException($"{expected} messages were applied, {stored} stored.");
    }

    /// <summary>Exact size of a state that has had six messages.</summary>
    public static double BytesOfState(MicroMessages messages)
    {
        var processor = Create(messages);
        var states = new AssetState[MicroMessages.Assets];
        long before = GC.GetTotalMemory(forceFullCollection: true);
        for (int i = 0; i < states.Length; i++)
        {
            states[i] = processor.Create(new AssetHandle(i));
        }

        long stored = 0;
        for (long turn = 0; turn < 6; turn++)
        {
            Turn(messages, processor, states, turn, ref stored);
        }

        long after = GC.GetTotalMemory(forceFullCollection: true);
        GC.KeepAlive(states);
        return (after - before) / (double)states.Length;
    }

    private static AssetProcessor Create(MicroMessages messages) => new(messages.Catalog, messages.Directory, messages.Rules, new ProcessorOptions());

    private static void Turn(MicroMessages messages, AssetProcessor processor, AssetState[] states, long turn, ref long stored)
    {
        var readings = messages.Readings(turn);
        for (int i = 0; i < states.Length; i++)
        {
            var update = processor.Apply(states[i], new ReadingBatch(new AssetHandle(i), readings[0].MeasuredAt, 0, 0, readings));
            stored += update.Message == MessageOutcome.Stored ? 1 : 0;
        }
    }
}
