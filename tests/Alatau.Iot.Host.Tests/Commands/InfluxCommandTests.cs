using Alatau.Iot.Host.Commands;
using Alatau.Iot.Testing.Peers;

namespace Alatau.Iot.Host.Tests.Commands;

/// <summary>The verb as an operator types it, against the real 1.6.7.</summary>
public sealed class InfluxCommandTests
{
    [Fact]
    public async Task Influx_CheckSetupCheck_EndsWithOneThenZeroThenZero()
    {
        Assert.SkipWhen(InfluxDatabase.Missing is not null, InfluxDatabase.Missing ?? "");
        await using var database = await InfluxDatabase.StartAsync();

        var (code, output) = await RunAsync("check", database.Uri);
        Assert.Equal(ExitCode.Failure, code);
        Assert.EndsWith($"6 things differ.{Environment.NewLine}", output, StringComparison.Ordinal);

        (code, output) = await RunAsync("setup", database.Uri);
        Assert.Equal(ExitCode.Success, code);
        Assert.EndsWith($"All well.{Environment.NewLine}", output, StringComparison.Ordinal);

        (code, output) = await RunAsync("check", database.Uri);
        Assert.Equal(ExitCode.Success, code);
        Assert.Contains("Database telemetry_1m: kept 90 days, as it should be.", output, StringComparison.Ordinal);

        (code, output) = await RunAsync("check", database.Uri, "--set", "Storage:Retention:RawDays=7");
        Assert.Equal(ExitCode.Failure, code);
        Assert.Contains("Database telemetry keeps 30 days instead of 7 days. Cure: ", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Influx_NobodyThere_IsAFailureWithTheCure()
    {
        var (code, output) = await RunAsync("setup", new Uri(FormattableString.Invariant($"http://127.0.0.1:{FreePort.Take()}")));

        Assert.Equal(ExitCode.Failure, code);
        Assert.Contains("Cure: start it, or mend Storage:Influx:Url.", output, StringComparison.Ordinal);
    }

    private static async Task<(int Code, string Output)> RunAsync(string verb, Uri address, params string[] more)
    {
        await using var output = new StringWriter();
        int code = await CommandLine.RunAsync(["influx", verb, "--set", $"Storage:Influx:Url={address}", .. more], output, output);
        return (code, output.ToString());
    }
}
