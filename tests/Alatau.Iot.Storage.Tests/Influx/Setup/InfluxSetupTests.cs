using Alatau.Iot.Core.History;
using Alatau.Iot.Storage.Influx;
using Alatau.Iot.Storage.Influx.Setup;
using Alatau.Iot.Testing.Peers;

namespace Alatau.Iot.Storage.Tests.Influx.Setup;

/// <summary>Databases and policies in the real 1.6.7, buckets and mappings in the stand-in of 2.x.</summary>
public sealed class InfluxSetupTests(InfluxFixture influx)
{
    private static readonly string[] s_suffixes = ["", "_1m", "_15m", "_1h", "_1d", "_alarms"];

    [Fact]
    public async Task V1_EmptyServer_GetsEveryTierWithItsRetentionAndShards()
    {
        string name = influx.Database.NextName();
        var check = await RunV1Async(name, mend: false);
        Assert.Equal(6, check.Count);
        Assert.All(check, line => Assert.False(line.IsWell));
        Assert.Equal($"Database {name}_1m is absent. Cure: 'alatau influx setup' does it (created, keeping 90 days).", check[1].Text);

        Assert.All(await RunV1Async(name), line => Assert.True(line.IsWell, line.Text));
        var policies = await Task.WhenAll(s_suffixes.Select(suffix => PolicyAsync(name + suffix)));
        Assert.Equal(["720h0m0s 168h0m0s", "2160h0m0s 168h0m0s", "17520h0m0s 720h0m0s", "0s 8736h0m0s", "0s 8736h0m0s", "0s 8736h0m0s"], policies);

        var again = await RunV1Async(name, mend: false);
        Assert.All(again, line => Assert.True(line.IsWell, line.Text));
        Assert.Equal($"Database {name}: kept 30 days, as it should be.", again[0].Text);
    }

    [Fact]
    public async Task V1_DatabaseThatKeepsForEver_IsShortenedOnlyWhenAskedTo()
    {
        string name = influx.Database.NextName();
        await influx.Database.QueryAsync("", $"CREATE DATABASE \"{name}\"");

        var lines = await RunV1Async(name);
        Assert.False(lines[0].IsWell);
        Assert.Equal($"Database {name} keeps for ever instead of 30 days. Cure: 'alatau influx setup --shorten' does it and deletes what is older; or mend Storage:Retention.", lines[0].Text);
        Assert.StartsWith("0s", await PolicyAsync(name), StringComparison.Ordinal);

        Assert.All(await RunV1Async(name, shorten: true), line => Assert.True(line.IsWell, line.Text));
        Assert.Equal("720h0m0s 168h0m0s", await PolicyAsync(name));
    }

    [Fact]
    public async Task V1_LongerRetentionInTheSettings_IsMadeLonger()
    {
        string name = influx.Database.NextName();
        await RunV1Async(name);

        var lines = await RunV1Async(name, retention: new RetentionOptions { RawDays = 400 });
        Assert.Equal($"Database {name} keeps 30 days instead of 400 days. Done: keeps 400 days.", lines[0].Text);
        Assert.Equal("9600h0m0s 720h0m0s", await PolicyAsync(name));
    }

    [Fact]
    public async Task V1_DatabaseWithoutADefaultPolicy_GetsOne()
    {
        string name = influx.Database.NextName();
        await influx.Database.QueryAsync("", $"CREATE DATABASE \"{name}_alarms\"");
        await influx.Database.QueryAsync("", $"DROP RETENTION POLICY \"autogen\" ON \"{name}_alarms\"");

        Assert.Contains(await RunV1Async(name), line => line.Text == $"Database {name}_alarms has no default retention policy. Done: created one that keeps for ever.");
        Assert.Equal("0s 8736h0m0s", await PolicyAsync(name + "_alarms"));
    }

    [Fact]
    public async Task V2_FreshServer_GetsBucketsWithRetentionThatTheStoreThenWritesTo()
    {
        string name = influx.Database.NextName();
        await using var standIn = await InfluxV2StandIn.StartAsync(influx.Database, name, isNew: true);
        int before = standIn.Changes;
        Assert.All(await RunV2Async(standIn, mend: false, shorten: true), line => Assert.False(line.IsWell, line.Text));
        Assert.Equal(before, standIn.Changes);

        Assert.All(await RunV2Async(standIn, shorten: true), line => Assert.True(line.IsWell, line.Text));
        Assert.Equal([30L, 90, 730, 0, 0, 0], s_suffixes.Select(suffix => standIn.KeptSeconds[name + suffix] / 86_400));

        before = standIn.Changes;
        Assert.All(await RunV2Async(standIn), line => Assert.EndsWith("as it should be.", line.Text, StringComparison.Ordinal));
        Assert.Equal(before, standIn.Changes);

        await using var store = new InfluxHistoryStore(Options(standIn), new RetentionOptions(), new Core.Assets.AssetDirectory(), new Core.Measurands.MeasurandCatalog());
        await store.OpenAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task V2_MappingAbsent_IsMadeAndOneThatLeadsElsewhereIsLeftToAPerson()
    {
        string name = influx.Database.NextName();
        await using var standIn = await InfluxV2StandIn.StartAsync(influx.Database, name);
        standIn.Map(name + "_1h", null);
        standIn.Map(name + "_alarms", "00000000000000ff");

        var lines = await RunV2Async(standIn, shorten: true);

        Assert.Contains(lines, line => line.IsWell && line.Text == $"Database {name}_1h of InfluxQL has no DBRP mapping to bucket {name}_1h. Done: mapped.");
        var left = Assert.Single(lines, line => !line.IsWell);
        Assert.Equal($"Database {name}_alarms of InfluxQL is mapped to another bucket (00000000000000ff). Cure: remove that mapping with 'influx v1 dbrp delete --id 0000000000000f00', or choose another Storage:Influx:Database.", left.Text);
    }

    [Theory]
    [InlineData("token", "answered 401")]
    [InlineData("org", "knows no organisation 'other'")]
    public async Task V2_WrongSetting_IsSaidWithTheCure(string setting, string said)
    {
        await using var standIn = await InfluxV2StandIn.StartAsync(influx.Database, influx.Database.NextName());
        var options = Options(standIn);
        options.Token = setting == "token" ? "other" : options.Token;
        options.Org = setting == "org" ? "other" : options.Org;
        using var setup = new InfluxSetup(options, new RetentionOptions());

        var failure = await Assert.ThrowsAsync<StoreException>(() => setup.RunAsync(mend: true, shorten: true, TestContext.Current.CancellationToken));

        Assert.Contains(said, failure.Message, StringComparison.Ordinal);
        Assert.Contains("Cure: ", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', failure.Message);
    }

    private static InfluxOptions Options(InfluxV2StandIn standIn) =>
        new() { Url = standIn.Uri, Token = InfluxV2StandIn.Token, Org = InfluxV2StandIn.Org, Bucket = standIn.Bucket, Database = standIn.Bucket };

    private async Task<IReadOnlyList<InfluxSetupLine>> RunV1Async(string name, bool mend = true, bool shorten = false, RetentionOptions? retention = null)
    {
        using var setup = new InfluxSetup(new InfluxOptions { Url = influx.Database.Uri, Database = name }, retention ?? new RetentionOptions());
        return await setup.RunAsync(mend, shorten, TestContext.Current.CancellationToken);
    }

    private static async Task<IReadOnlyList<InfluxSetupLine>> RunV2Async(InfluxV2StandIn standIn, bool mend = true, bool shorten = false)
    {
        using var setup = new InfluxSetup(Options(standIn), new RetentionOptions());
        return await setup.RunAsync(mend, shorten, TestContext.Current.CancellationToken);
    }

    private async Task<string> PolicyAsync(string database)
    {
        var policy = (await influx.Database.QueryAsync("", $"SHOW RETENTION POLICIES ON \"{database}\"")).Single(row => row["default"].GetBoolean());
        return $"{policy["duration"].GetString()} {policy["shardGroupDuration"].GetString()}";
    }
}
