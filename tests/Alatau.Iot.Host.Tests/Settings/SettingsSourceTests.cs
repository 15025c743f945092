using Alatau.Iot.Host.Settings;
using Alatau.Iot.Testing;
using Microsoft.Extensions.Configuration;

namespace Alatau.Iot.Host.Tests.Settings;

[Collection(nameof(InWorkingFolder))]
public sealed class SettingsSourceTests : IDisposable
{
    private const string Variable = "ALATAU_Platform__HttpPort";

    private readonly TempFolder _folder = new();

    [Fact]
    public void AddTo_NothingSaid_TakesAppSettings() => Assert.Equal("Information", Read(new SettingsSource())["Logging:LogLevel:Default"]);

    [Fact]
    public void AddTo_ConfigFile_WinsOverAppSettings() =>
        Assert.Equal("Error", Read(new SettingsSource { ConfigFile = Write("""{ "Logging": { "LogLevel": { "Default": "Error" } } }""") })["Logging:LogLevel:Default"]);

    [Fact]
    public void AddTo_Environment_WinsOverConfigFile()
    {
        Environment.SetEnvironmentVariable(Variable, "8101");
        Assert.Equal("8101", Read(new SettingsSource { ConfigFile = Write("""{ "Platform": { "HttpPort": 8100, "Bind": "127.0.0.2" } }""") })["Platform:HttpPort"]);
        Assert.Equal("127.0.0.2", Read(new SettingsSource { ConfigFile = _folder.File("settings.json") })["Platform:Bind"]);
    }

    [Fact]
    public void AddTo_Options_WinOverEnvironment()
    {
        Environment.SetEnvironmentVariable(Variable, "8101");
        Assert.Equal("8102", Read(new SettingsSource { Options = new Dictionary<string, string?>(StringComparer.Ordinal) { ["Platform:HttpPort"] = "8102" } })["Platform:HttpPort"]);
    }

    [Fact]
    public void AddTo_ConfigFileIsNoJson_IsToldWithItsPlace()
    {
        var fault = Assert.Throws<SettingsFaultException>(() => Read(new SettingsSource { ConfigFile = Write("{ \"Mqtt\": { \"Port\": 1 ") }));
        Assert.StartsWith(_folder.File("settings.json"), Assert.Single(fault.Lines), StringComparison.Ordinal);
        Assert.Contains("LineNumber", fault.Lines[0], StringComparison.Ordinal);
    }

    public void Dispose()
    {
        Environment.SetEnvironmentVariable(Variable, null);
        _folder.Dispose();
    }

    private static IConfigurationRoot Read(SettingsSource source)
    {
        var builder = new ConfigurationBuilder();
        source.AddTo(builder);
        return builder.Build();
    }

    private string Write(string json)
    {
        File.WriteAllText(_folder.File("settings.json"), json);
        return _folder.File("settings.json");
    }
}
