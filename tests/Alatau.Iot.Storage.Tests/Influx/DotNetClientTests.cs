using System.Text;
using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.History;
using Alatau.Iot.Core.Measurands;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Storage.Influx;
using Alatau.Iot.Storage.Influx.Setup;
using Alatau.Iot.Testing.Peers;
using InfluxDB.Client;
using InfluxDB.Client.Api.Domain;
using InfluxDB.Client.Core.Exceptions;
using InfluxDB.Client.Writes;

namespace Alatau.Iot.Storage.Tests.Influx;

/// <summary>InfluxData's own .NET client, as a judge of our lines and of the stand-in that the 2.x path is proven with.</summary>
public sealed class DotNetClientTests(InfluxFixture influx)
{
    private const string Alphabet = "ab,= \"'\\äЖ電🔌./:;{}$#%0-";

    private static readonly Instant s_start = new(1_795_323_600_000);

    [Fact]
    public void Lines_OfRandomTagsNumbersAndTexts_AreThoseOfTheOfficialClient()
    {
        const int Seed = 3;
        TestContext.Current.SendDiagnosticMessage("seed {0}", Seed);
        var random = new Random(Seed);
        int[] runes = [.. Alphabet.EnumerateRunes().Select(rune => rune.Value)];
        using var buffer = new LineBuffer();
        for (int i = 0; i < 2_000; i++)
        {
            // Where a backslash stands so that the database can't read it back, the official client sends it all the same; we don't.
            string tag = Word(1).Replace('\\', '/');
            string field = Word(1).Replace('\\', '/');
            string text = Word(0);
            double number = Math.Round((random.NextDouble() - 0.5) * Math.Pow(10, random.Next(0, 9)), random.Next(0, 6)) + 0.0;
            var point = PointData.Measurement(InfluxNames.Reading).Tag(InfluxNames.Site, tag).Timestamp(s_start.UnixMilliseconds + i, WritePrecision.Ms);

            buffer.Clear();
            Begin(tag);
            buffer.Field(Key(field), number);
            buffer.End(s_start.UnixMilliseconds + i);
            Begin(tag);
            buffer.Field(Key(field), text);
            buffer.End(s_start.UnixMilliseconds + i);

            Assert.Equal(point.Field(field, number).ToLineProtocol(), buffer.Text(0));
            Assert.Equal(point.Field(field, text).ToLineProtocol(), buffer.Text(1));
        }

        void Begin(string tag)
        {
            buffer.Begin(Encoding.UTF8.GetBytes(InfluxNames.Reading));
            buffer.Tag(Key(InfluxNames.Site), LineProtocol.EscapeName(tag));
        }

        string Word(int shortest) => string.Concat(Enumerable.Range(0, random.Next(shortest, 12)).Select(_ => char.ConvertFromUtf32(runes[random.Next(runes.Length)])));
    }

    [Fact]
    public async Task StandIn_TheOfficialClient_WritesToItAsToA2xAndIsRefusedAsByOne()
    {
        await using var standIn = await InfluxV2StandIn.StartAsync(influx.Database, influx.Database.NextName());
        var points = Enumerable.Range(0, 500).Select(i => PointData.Measurement("reading").Tag("site", "gate").Tag("asset", "meter-1").Field("activePower", i + 0.5).Timestamp(s_start.UnixMilliseconds + (i * 1000), WritePrecision.Ms)).ToList();
        using var client = new InfluxDBClient(standIn.Uri.ToString(), InfluxV2StandIn.Token);
        await client.GetWriteApiAsync().WritePointsAsync(points, standIn.Bucket, InfluxV2StandIn.Org, Token);

        var rows = await influx.Database.QueryAsync(standIn.Bucket, "SELECT \"activePower\" FROM \"reading\" WHERE \"asset\" = 'meter-1'");
        Assert.Equal(Enumerable.Range(0, 500).Select(i => i + 0.5), rows.Select(row => row["activePower"].GetDouble()));

        using var stranger = new InfluxDBClient(standIn.Uri.ToString(), "wrong");
        await Assert.ThrowsAsync<UnauthorizedException>(() => stranger.GetWriteApiAsync().WritePointsAsync(points, standIn.Bucket, InfluxV2StandIn.Org, Token));
        await Assert.ThrowsAsync<NotFoundException>(() => client.GetWriteApiAsync().WritePointsAsync(points, "nowhere", InfluxV2StandIn.Org, Token));
        var conflict = await Assert.ThrowsAsync<UnprocessableEntityException>(() => client.GetWriteApiAsync().WritePointAsync(points[0].Field("activePower", "a text"), standIn.Bucket, InfluxV2StandIn.Org, Token));
        Assert.Contains("field type conflict", conflict.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Setup_OfANewServer_MakesBucketsThatTheOfficialClientFindsWithTheirRetention()
    {
        await using var standIn = await InfluxV2StandIn.StartAsync(influx.Database, influx.Database.NextName(), isNew: true);
        var options = new InfluxOptions { Url = standIn.Uri, Token = InfluxV2StandIn.Token, Org = InfluxV2StandIn.Org, Bucket = standIn.Bucket, Database = standIn.Bucket };
        using (var setup = new InfluxSetup(options, new RetentionOptions()))
        {
            await setup.RunAsync(mend: true, shorten: true, Token);
        }

        using var client = new InfluxDBClient(standIn.Uri.ToString(), InfluxV2StandIn.Token);
        var buckets = await client.GetBucketsApi().FindBucketsAsync(org: InfluxV2StandIn.Org, cancellationToken: Token);
        var kept = buckets.ToDictionary(bucket => bucket.Name[standIn.Bucket.Length..], bucket => bucket.RetentionRules.Sum(rule => rule.EverySeconds ?? 0) / 86_400, StringComparer.Ordinal);
        Assert.Equal(new SortedDictionary<string, long>(StringComparer.Ordinal) { [""] = 30, ["_1d"] = 0, ["_1h"] = 0, ["_1m"] = 90, ["_15m"] = 730, ["_alarms"] = 0 }, new SortedDictionary<string, long>(kept, StringComparer.Ordinal));

        // And what the platform then writes there by the same names is there for it to read.
        var assets = new AssetDirectory();
        var measurands = new MeasurandCatalog();
        Assert.True(assets.TryRegister(new Asset(AssetId.Of("gate", "meter-1"), "Mall", AssetKind.Meter), out var handle));
        await using var store = new InfluxHistoryStore(options, new RetentionOptions(), assets, measurands);
        await store.OpenAsync(Token);
        var batch = new HistoryBatch();
        batch.Readings.Add(new ReadingRow(handle, measurands.Id("activePower"), Core.Readings.Quality.Good, s_start, 1234.5));
        Assert.Empty(await store.WriteAsync(batch, Token));
        Assert.Equal(1234.5, Assert.Single(await influx.Database.QueryAsync(standIn.Bucket, "SELECT \"activePower\" FROM \"reading\""))["activePower"].GetDouble());
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static byte[] Key(string name) => [.. LineProtocol.EscapeName(name), (byte)'='];
}
