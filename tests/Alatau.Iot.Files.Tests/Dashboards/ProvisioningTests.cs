namespace Alatau.Iot.Files.Tests.Dashboards;

/// <summary>Grafana finds data source and boards by these files alone.</summary>
public sealed class ProvisioningTests
{
    [Fact]
    public void DataSources_All_AreInfluxQlByProxyWithTheTokenFromTheEnvironment()
    {
        var sources = YamlFile.Read("dashboards/provisioning/datasources/influx.yaml")["datasources"]!.AsArray();

        Assert.Equal(
            ["alatau-15m telemetry_15m 15m", "alatau-1d telemetry_1d 1d", "alatau-1h telemetry_1h 1h", "alatau-1m telemetry_1m 1m", "alatau-alarms telemetry_alarms 1m", "alatau-readings telemetry 1s"],
            sources.Select(source => $"{source!["uid"]} {source["jsonData"]!["dbName"]} {source["jsonData"]!["timeInterval"]}").Order(StringComparer.Ordinal));
        Assert.Single(sources, source => source!["isDefault"]!.ToString() == "true");
        Assert.All(sources, source =>
        {
            Assert.Equal(("influxdb", "proxy", "$ALATAU_INFLUX_URL"), ((string?)source!["type"], (string?)source["access"], (string?)source["url"]));
            Assert.Equal(("POST", "Authorization"), ((string?)source["jsonData"]!["httpMode"], (string?)source["jsonData"]!["httpHeaderName1"]));
            Assert.Equal("Token $INFLUX_TOKEN", (string?)source["secureJsonData"]!["httpHeaderValue1"]);

            // InfluxQL is what Grafana takes when no version is said.
            Assert.Null(source["jsonData"]!["version"]);
        });
    }

    [Fact]
    public void Boards_Provider_TakesFoldersFromTheTree()
    {
        var options = Assert.Single(YamlFile.Read("dashboards/provisioning/dashboards/boards.yaml")["providers"]!.AsArray())!["options"]!;
        string mounted = YamlFile.Read("docker-compose.yml")["services"]!["grafana"]!["volumes"]!.AsArray().Select(volume => (string)volume!).Single(volume => volume.StartsWith("./dashboards/boards:", StringComparison.Ordinal)).Split(':')[1];

        Assert.Equal("true", options["foldersFromFilesStructure"]!.ToString());
        Assert.Equal(mounted, (string?)options["path"]);
    }
}
