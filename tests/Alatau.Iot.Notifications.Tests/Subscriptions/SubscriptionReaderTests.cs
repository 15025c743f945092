using System.Text;
using Alatau.Iot.Core.Alarms;
using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Files;
using Alatau.Iot.Core.Fleets;
using Alatau.Iot.Notifications.Email;
using Alatau.Iot.Notifications.Subscriptions;
using Alatau.Iot.Notifications.Webhook;

namespace Alatau.Iot.Notifications.Tests.Subscriptions;

public sealed class SubscriptionReaderTests
{
    private static readonly AssetId s_transformer = AssetId.Of("gate", "transformer-1");
    private static readonly AssetId s_feeder = AssetId.Of("gate", "feeder-1");
    private static readonly AssetId s_meter = AssetId.Of("gate", "meter-1");
    private static readonly AssetId s_other = AssetId.Of("green", "meter-9");

    private static (Subscription? Subscription, IReadOnlyList<FileFault> Faults) Read(string json, bool mayHoldSecrets = false)
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById("Asia/Almaty");
        AssetId[] ids = [s_transformer, s_feeder, s_meter, s_other];
        var fleet = new Fleet(
            "city", [new Site("gate", "Gate", zone, null, null), new Site("green", "Green", zone, null, null)], [.. ids.Select(i => new Asset(i, i.Name, AssetKind.Meter))], [],
            new Dictionary<AssetId, AssetId> { [s_feeder] = s_transformer, [s_meter] = s_feeder });
        var places = new SubscriptionPlaces([fleet], [new AlarmRule("voltage-high", "", AlarmSeverity.High, new SilenceCondition(null))], isOpen: false);
        using var webhook = new WebhookMeans(new WebhookOptions(), TimeProvider.System);
        var faults = new FileFaults();
        var read = new SubscriptionReader(places, [webhook, new EmailMeans(new EmailOptions(), null)]).Read("night", "devices/subscriptions/night.json", Encoding.UTF8.GetBytes(json), mayHoldSecrets, faults);
        return (read, faults.All);
    }

    [Fact]
    public void Read_Branch_TakesAllThatItFeeds()
    {
        var (subscription, faults) = Read("""{"scope":{"under":["gate/transformer-1"]},"targets":[{"webhook":{"url":"https://a.example/"}}]}""");
        Assert.Empty(faults);
        Assert.Equal([s_feeder, s_meter, s_transformer], subscription!.Scope.Branch.OrderBy(a => a.Name));
    }

    [Fact]
    public void Read_EverythingWrong_IsToldAtOnceWithPathAndCure()
    {
        var (subscription, faults) = Read("""
            {
              "scope": { "sites": ["grean"], "rules": ["voltage-hi"], "under": ["gate/none"], "kinds": ["metre"], "severity": "urgent", "steps": ["began"] },
              "timeZone": "Asia/Alma",
              "targets": [
                { "webhook": { "url": "ftp://a.example/" } }, { "webhook": { "url": "http://10.0.0.1/" } }, { "webhook": { "url": "http://localhost/" } }, { "webhook": { "url": "https://u:p@a.example/" } },
                { "webhook": { "url": "https://a.example/", "secret": { "value": "hush" } } }, { "webhook": { "url": "https://b.example/", "secret": { "env": "ALATAU_NO_SUCH_NAME" } } },
                { "email": { "to": ["nobody"] } }, { "pager": {} }, {}
              ],
              "schedule": { "from": "8", "to": "25:00" }, "digest": {}, "repeat": { "every": "1ms" }, "rateLimit": { "most": 0, "per": "1m" },
              "escalation": [{ "after": "10m", "targets": [{ "webhook": { "url": "https://a.example/" } }] }, { "after": "5m", "targets": [] }],
              "quietHour": {}
            }
            """);
        Assert.Null(subscription);
        string[] expected =
        [
            "$.scope.sites[0]", "$.scope.rules[0]", "$.scope.under[0]", "$.scope.kinds[0]", "$.scope.severity", "$.scope.steps[0]", "$.timeZone",
            "$.targets[0].webhook.url", "$.targets[1].webhook.url", "$.targets[2].webhook.url", "$.targets[3].webhook.url", "$.targets[4].webhook.secret", "$.targets[5].webhook.secret.env",
            "$.targets[6].email.to[0]", "$.targets[6].email", "$.targets[7]", "$.targets[8]", "$.schedule.from", "$.schedule.to", "$.digest", "$.repeat.every", "$.rateLimit.most", "$.escalation[1].after", "$.escalation[1].targets", "$.quietHour",
        ];
        Assert.All(expected, path => Assert.Contains(faults, f => f.Path == path));
        Assert.All(faults, f => Assert.True(f.File == "devices/subscriptions/night.json" && f.Problem.Length > 0 && f.Cure.Length > 0, f.ToString()));
    }

    [Theory]
    [InlineData("""{}""", "$.targets: This subscription goes nowhere. Add at least one target: {\"webhook\": ...}.")]
    [InlineData("""{"targets":[]}""", "$.targets: This subscription goes nowhere. Add at least one target: {\"webhook\": ...}.")]
    [InlineData("""{"targets":[{"webhook":{"url":"http://169.254.169.254/"}}]}""", "$.targets[0].webhook.url: 169.254.169.254 is not a public address. Write a public one, or add its network to Notifications:Webhook:AllowPrivate.")]
    [InlineData("""{"targets":[{"webhook":{"url":"https://a.example/"}}],"quietHours":{"from":"00:00","to":"24:00"}}""", "$.quietHours: These hours never end: nothing would ever be told. Leave some time between to and from.")]
    [InlineData("""{"targets":[{"webhook":{"url":"https://a.example/"}}],"scope":{"sites":["green"],"under":["gate/feeder-1"]}}""", "$.scope.under: None of that branch is at one of the sites: nothing would ever be told. Remove sites, or name a branch of theirs.")]
    public void Read_WhatWouldNeverTell_IsRefused(string json, string fault)
    {
        var (subscription, faults) = Read(json);
        Assert.Null(subscription);
        Assert.Equal($"devices/subscriptions/night.json {fault}", Assert.Single(faults).ToString());
    }

    [Fact]
    public void Read_ByApi_TakesAValueAndNoFile()
    {
        Assert.Empty(Read("""{"targets":[{"webhook":{"url":"https://a.example/","secret":{"value":"hush"}}}]}""", mayHoldSecrets: true).Faults);
        Assert.Equal("$.targets[0].webhook.secret", Assert.Single(Read("""{"targets":[{"webhook":{"url":"https://a.example/","secret":{"file":"/etc/hostname"}}}]}""", mayHoldSecrets: true).Faults).Path);
    }
}
