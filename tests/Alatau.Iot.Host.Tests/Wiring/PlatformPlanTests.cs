using System.Net;
using Alatau.Iot.Host.Settings;
using Alatau.Iot.Host.Wiring;
using Alatau.Iot.Mqtt.Identity;
using Alatau.Iot.Testing;

namespace Alatau.Iot.Host.Tests.Wiring;

[Collection(nameof(InWorkingFolder))]
public sealed class PlatformPlanTests : IDisposable
{
    private readonly TempFolder _data = new();

    [Fact]
    public void Read_NothingSaid_IsTheDocumentedDefault()
    {
        var plan = Read();
        Assert.Equal((1883, 8080, IPAddress.Loopback), (plan.Mqtt.Port, plan.Platform.HttpPort, plan.Address));
        Assert.Equal(StorageProvider.Sqlite, plan.Storage.Provider);
        Assert.False(plan.Ingest.AutoRegister);
        Assert.Empty(plan.Bridges);
        Assert.Contains("All well.", plan.Describe(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Mqtt:Prot", "1", "Mqtt:Prot is no setting. Known there: ", "Port")]
    [InlineData("Ingest:Quarantine:Kept", "1", "Ingest:Quarantine:Kept is no setting.", "Known there")]
    [InlineData("Ingst:AutoRegister", "true", "Ingst is no section of settings. Known: ", "Ingest")]
    [InlineData("Mqtt:Port", "70000", "Mqtt:Port is '70000'", "65535")]
    [InlineData("Mqtt:Port", "many", "Mqtt: ", "many")]
    [InlineData("Web:MaximumStreams", "0", "Web:MaximumStreams is '0'", "100000")]
    [InlineData("Notifications:Nothing", "0", "Notifications:Nothing is no setting.", "Known there")]
    [InlineData("Processing:ClockAheadLimit", "02:00:00", "Processing:ClockAheadLimit is '02:00:00'", "01:00:00")]
    [InlineData("Storage:Provider", "paper", "Storage: ", "paper")]
    [InlineData("Storage:Retention:RawDays", "-1", "Storage:Retention:RawDays is '-1'", "36500")]
    [InlineData("Platform:Bind", "nowhere", "Platform:Bind is 'nowhere'", "0.0.0.0 for all")]
    [InlineData("Platform:Bind", "0.0.0.0", "there are no credentials", "alatau credentials add")]
    [InlineData("Platform:Fleets", "atlantis", "atlantis.json $: There is no such fleet", "Correct Platform:Fleets")]
    [InlineData("Platform:DevicesFolder", "/nowhere", "there is no folder /nowhere", "Correct the path")]
    [InlineData("Mqtt:CertificatePath", "/nowhere.pem", "/nowhere.pem", "does not exist")]
    [InlineData("Ingest:Bridges:0:Name", "lonely", "Ingest:Bridges:0:Broker is ''", "required")]
    [InlineData("Ingest:Bridges:0:Name", "my plant", "Write 1 to 57 characters", "A-Z a-z 0-9")]
    [InlineData("Ingest:Bridges:0:Filter", "a/#", "Ingest:Bridges:0:Filter is no setting.", "Filters")]
    public void Read_WrongSetting_IsNamedWithWhatWouldBeRight(string key, string value, string named, string cure)
    {
        var fault = Assert.Throws<SettingsFaultException>(() => Read((key, value)));
        string line = fault.Lines.First(l => l.Contains(named, StringComparison.Ordinal));
        Assert.Contains(cure, line, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_SeveralWrongSettings_TellsAllAtOnce()
    {
        var fault = Assert.Throws<SettingsFaultException>(() => Read(("Mqtt:Port", "-1"), ("Mqtt:Prot", "1"), ("Engine:Shards", "-4"), ("Web:Title", ""), ("Platform:Fleets", "atlantis")));
        Assert.Equal(5, fault.Lines.Count);
    }

    [Fact]
    public void Read_OpenAddressWithCredentials_IsTaken()
    {
        CredentialFile.Add(PlatformPlan.CredentialsIn(_data.Path), "olga", "long enough a secret", MqttRole.Operator);
        Assert.Equal(IPAddress.Any, Read(("Platform:Bind", "0.0.0.0")).Address);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("no JSON")]
    public void Read_BrokenCredentials_AreTold(string text)
    {
        string file = PlatformPlan.CredentialsIn(_data.Path);
        File.WriteAllText(file, text);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        Assert.StartsWith(file, Assert.Single(Assert.Throws<SettingsFaultException>(() => Read()).Lines), StringComparison.Ordinal);
    }

    [Fact]
    public void Read_ReachedThroughABridgeThatIsNotThere_IsNamedWithThoseThatAre()
    {
        using var devices = new TempFolder();
        Directory.CreateDirectory(Path.Combine(devices.Path, "profiles"));
        Directory.CreateDirectory(Path.Combine(devices.Path, "fleets"));
        string file = Path.Combine(devices.Path, "fleets", "f.json");
        File.WriteAllText(file, """{"name":"f","sites":[{"name":"s","reachedThrough":"platform/bridge-plnt"}],"assets":[{"id":"s/m","kind":"meter"},{"id":"s/n","kind":"meter"}]}""");

        var fault = Assert.Throws<SettingsFaultException>(() => Read(
            ("Platform:DevicesFolder", devices.Path), ("Platform:Fleets", "*"), ("Ingest:Bridges:0:Name", "plant"), ("Ingest:Bridges:0:Broker", "mqtt://127.0.0.1")));

        string line = Assert.Single(fault.Lines);
        Assert.StartsWith(file, line, StringComparison.Ordinal);
        Assert.Contains("'s/m' and 1 more is reached through 'platform/bridge-plnt', and there is no such bridge", line, StringComparison.Ordinal);
        Assert.Contains("platform/bridge-plant", line, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_Bridges_KeepTheirOrderAndDefaults()
    {
        var plan = Read(
            ("Ingest:Bridges:0:Name", "plant"), ("Ingest:Bridges:0:Broker", "mqtt://user:secret@127.0.0.1:1999"), ("Ingest:Bridges:0:Filters:0", "alatau/#"), ("Ingest:Bridges:0:Filters:1", "shellies/#"),
            ("Ingest:Bridges:1:Name", "field"), ("Ingest:Bridges:1:Broker", "mqtts://127.0.0.1"), ("Ingest:Bridges:1:QoS", "2"));
        Assert.Equal(["plant", "field"], plan.Bridges.Select(b => b.Name));
        Assert.Equal(["alatau/#", "shellies/#"], plan.Bridges[0].Filters);
        Assert.Equal((1, 2), (plan.Bridges[0].QoS, plan.Bridges[1].QoS));
    }

    public void Dispose() => _data.Dispose();

    private PlatformPlan Read(params (string Key, string Value)[] options)
    {
        var all = new Dictionary<string, string?>(StringComparer.Ordinal) { ["Platform:DataFolder"] = _data.Path, ["Platform:DevicesFolder"] = ProjectRoot.Of("devices") };
        foreach (var (key, value) in options)
        {
            all[key] = value;
        }

        return PlatformPlan.Read(new SettingsSource { Options = all });
    }
}
