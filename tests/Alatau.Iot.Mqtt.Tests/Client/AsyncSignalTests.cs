using Alatau.Iot.Mqtt.Transport;

namespace Alatau.Iot.Mqtt.Tests.Client;

public sealed class AsyncSignalTests
{
    /// <summary>A setter that never pauses meets the waiter in every state, also between its look at the result and its next wait.</summary>
    [Fact]
    public async Task SetAndWait_AtFullSpeed_EveryWaitEnds()
    {
        const int Rounds = 300_000;
        var signal = new AsyncSignal();
        bool isOver = false;
        Task setting = Task.Run(() =>
        {
            while (!Volatile.Read(ref isOver))
                signal.Set();
        });
        Task waiting = Task.Run(async () =>
        {
            for (int round = 0; round < Rounds; round++)
                await signal.WaitAsync();
        });
        try
        {
            await waiting.WaitAsync(TimeSpan.FromSeconds(60));
        }
        finally
        {
            Volatile.Write(ref isOver, true);
            await setting;
        }
    }
}
