namespace Alatau.Iot.EndToEnd.Tests;

/// <summary><c>check</c> finds every fault of every file at once; <c>run</c> refuses what <c>check</c> refuses.</summary>
public sealed class CheckTests
{
    [Fact]
    public async Task Check_ShippedFiles_AreWell()
    {
        using var data = new Testing.TempFolder();
        var checkedFiles = await AlatauProcess.RunToEndAsync("check", "--data", data.Path);
        Assert.True(checkedFiles.ExitCode == 0, checkedFiles.Output);
        Assert.Contains("All well.", checkedFiles.Output, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(data.Path));
    }

    [Fact]
    public async Task Check_FaultsInFourKindsOfFile_AreAllNamedWithPathAndCureAndRunRefuses()
    {
        using var devices = new DevicesCopy();
        using var data = new Testing.TempFolder();
        devices.Replace("profiles/tasmota-energy/profile.json", "\"ENERGY.Power[*]\", \"measurand\": \"activePower\"", "\"ENERGY.Power[*]\", \"measurand\": \"activPower\"");
        devices.Replace("profiles/victron/profile.json", "\"format\": \"scalar\"", "\"format\": \"scallar\"");
        devices.Replace("alarm-rules/voltage-high/rule.json", "\"deadband\": 2", "\"deadband\": -2");
        devices.Replace("alarm-rules/device-silent/rule.json", "\"severity\": \"low\"", "\"severity\": \"lowish\"");
        devices.Replace("fleets/alatau.json", "\"id\": \"gate/feeder-1a\", \"kind\": \"feeder\"", "\"id\": \"gate/feeder-1a\", \"kind\": \"feeder!\"");
        devices.Replace("scenarios/demo.json", "\"kind\": \"silent\"", "\"kind\": \"quiet\"");
        string[] places =
        [
            "profiles/tasmota-energy/profile.json", "profiles/victron/profile.json", "alarm-rules/voltage-high/rule.json", "alarm-rules/device-silent/rule.json", "fleets/alatau.json", "scenarios/demo.json",
        ];

        var check = await AlatauProcess.RunToEndAsync("check", "--devices", devices.Path, "--data", data.Path, "--set", "Mqtt:MaximumPacketSize=7", "--set", "Ingest:AutoRegistr=true");
        Assert.Equal(2, check.ExitCode);
        string[] lines = check.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.All(places, place =>
        {
            string line = Assert.Single(lines, l => l.Contains(place, StringComparison.Ordinal));
            Assert.StartsWith(devices.Of(place) + " $.", line, StringComparison.Ordinal);
        });
        Assert.Contains("activePower", Assert.Single(lines, l => l.Contains("activPower", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.Contains(lines, l => l.StartsWith("Mqtt:MaximumPacketSize is '7'", StringComparison.Ordinal));
        Assert.Contains(lines, l => l.StartsWith("Ingest:AutoRegistr is no setting", StringComparison.Ordinal));
        Assert.Contains("8 faults; nothing was started.", check.Output, StringComparison.Ordinal);

        var run = await AlatauProcess.RunToEndAsync("run", "--devices", devices.Path, "--data", data.Path, "--mqtt-port", "0", "--http-port", "0");
        Assert.Equal(2, run.ExitCode);
        Assert.All(places.SkipLast(1), place => Assert.Contains(place, run.Output, StringComparison.Ordinal));
        Assert.Contains("nothing was started.", run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", 2)]
    [InlineData("fly", 2)]
    [InlineData("run --height 3", 2)]
    [InlineData("run --config /nowhere/settings.json", 2)]
    [InlineData("simulate --speed fast", 2)]
    [InlineData("--help", 0)]
    public async Task Command_AsAScriptSeesIt_EndsWithItsExitCode(string line, int expected)
    {
        var ended = await AlatauProcess.RunToEndAsync(line.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.True(ended.ExitCode == expected, ended.Output);
        Assert.NotEmpty(ended.Output);
    }

    [Fact]
    public async Task Run_PortInUse_FailsWithTheCureInOneLine()
    {
        using var data = new Testing.TempFolder();
        using var taken = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        taken.Start();
        int port = ((System.Net.IPEndPoint)taken.LocalEndpoint).Port;
        var ended = await AlatauProcess.RunToEndAsync("run", "--data", data.Path, "--http-port", "0", "--mqtt-port", port.ToString(System.Globalization.CultureInfo.InvariantCulture));
        Assert.Equal(1, ended.ExitCode);
        Assert.Contains(FormattableString.Invariant($"127.0.0.1:{port}"), ended.Output, StringComparison.Ordinal);
        Assert.Contains("--mqtt-port", ended.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", ended.Output, StringComparison.Ordinal);
    }
}
