using System.Diagnostics;
using Alatau.Iot.Host.Commands;
using Alatau.Iot.Testing;

namespace Alatau.Iot.Host.Tests.Commands;

public sealed class StopSignalTests
{
    [Fact]
    public async Task Token_OnSigterm_IsCancelledAndTheProcessGoesOn()
    {
        using var stop = new StopSignal();
        Assert.False(stop.Token.IsCancellationRequested);
        using var kill = Process.Start("kill", ["-TERM", Environment.ProcessId.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        await Eventually.TrueAsync(() => stop.Token.IsCancellationRequested);
        await kill.WaitForExitAsync();
        Assert.Equal(0, kill.ExitCode);
    }
}
