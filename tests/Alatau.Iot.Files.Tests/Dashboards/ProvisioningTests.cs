namespace Alatau.Iot.Files.Tests.Dashboards;

/// <summary>Grafana finds data source and boards by these files alone.</summary>
public sealed class ProvisioningTests
{
    [Fact]
    public void DataSource_Influx_IsInfluxQlByProxyWithItsTokenFromTheEnvironment()
    {
        var source = Assert.Single(YamlFile.Read("dashboards/provisioning/datasources/influx.yaml")["datasources"]!.AsArray())!;

        Assert.Equal(("alatau-influx", "influxdb", "proxy"), ((string?)source["uid"], (string?)source["type"], (string?)source["access"]));
        Assert.Equal(("telemetry", "POST", "Authorization"), ((string?)source["jsonData"]!["dbName"], (string?)source["jsonData"]!["httpMode"], (string?)source["jsonData"]!["httpHeaderName1"]));
        Assert.Equal("Token $INFLUX_TOKEN", (string?)source["secureJsonData"]!["httpHeaderValue1"]);

        // InfluxQL is what Grafana takes when no version is said.
        Assert.Null(source["jsonData"]!["version"]);
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
