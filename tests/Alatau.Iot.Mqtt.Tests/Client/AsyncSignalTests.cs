using Alatau.Iot.Mqtt.Transport;

namespace Alatau.Iot.Mqtt.Tests.Client;

public sealed class AsyncSignalTests
{
    /// <summary>Setter and waiter at full speed on two threads: no wait is lost, none ends without a signal's result.</summary>
    [Fact]
    public async Task SetAndWait_AtFullSpeed_EveryWaitEnds()
    {
        const int Rounds = 300_000;
        var ping = new AsyncSignal();
        var pong = new AsyncSignal();
        Task other = Task.Run(async () =>
        {
            for (int round = 0; round < Rounds; round++)
            {
                await ping.WaitAsync();
                pong.Set();
            }
        });
        for (int round = 0; round < Rounds; round++)
        {
            ping.Set();
            await pong.WaitAsync();
        }

        await other.WaitAsync(TimeSpan.FromSeconds(20));
    }
}
