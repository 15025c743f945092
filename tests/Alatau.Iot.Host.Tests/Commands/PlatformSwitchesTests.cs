using System.CommandLine;
using Alatau.Iot.Host.Commands;
using Alatau.Iot.Host.Settings;
using Alatau.Iot.Testing;

namespace Alatau.Iot.Host.Tests.Commands;

public sealed class PlatformSwitchesTests
{
    private static readonly Dictionary<string, string?> s_defaults = new(StringComparer.Ordinal) { ["Ingest:AutoRegister"] = "true" };

    [Fact]
    public void Read_EverySwitch_GoesToItsSetting()
    {
        var source = Read("--mqtt-port 1884 --http-port 0 --data /d --devices /v --set Storage:Provider=influx --set Storage:Influx:Token=a=b==");
        Assert.Equal("1884", source.Options["Mqtt:Port"]);
        Assert.Equal("0", source.Options["Platform:HttpPort"]);
        Assert.Equal("/d", source.Options["Platform:DataFolder"]);
        Assert.Equal("/v", source.Options["Platform:DevicesFolder"]);
        Assert.Equal("influx", source.Options["Storage:Provider"]);
        Assert.Equal("a=b==", source.Options["Storage:Influx:Token"]);
        Assert.Equal("true", source.Options["Ingest:AutoRegister"]);
        Assert.Null(source.ConfigFile);
    }

    [Fact]
    public void Read_SetOfADefault_WinsWhateverItsCase() => Assert.Equal("false", Read("--set ingest:autoregister=false").Options["Ingest:AutoRegister"]);

    [Theory]
    [InlineData("--set Storage:Provider", "Section:Name=value")]
    [InlineData("--set =influx", "Section:Name=value")]
    [InlineData("--set AutoRegister=true", "Section:Name=value")]
    [InlineData("--config /nowhere/settings.json", "there is no such file")]
    public void Read_WrongForm_IsToldWithTheCure(string line, string cure) =>
        Assert.Contains(cure, Assert.Single(Assert.Throws<SettingsFaultException>(() => Read(line)).Lines), StringComparison.Ordinal);

    [Fact]
    public void Read_ConfigFile_IsNamed()
    {
        using var folder = new TempFolder();
        File.WriteAllText(folder.File("settings.json"), "{}");
        Assert.Equal(folder.File("settings.json"), Read("--config " + folder.File("settings.json")).ConfigFile);
    }

    private static SettingsSource Read(string line)
    {
        var switches = new PlatformSwitches();
        var command = new Command("run");
        switches.AddTo(command);
        var parsed = command.Parse(line);
        Assert.Empty(parsed.Errors);
        return switches.Read(parsed, s_defaults);
    }
}
