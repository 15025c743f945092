using System.Text;
using Alatau.Iot.Mqtt.Packets;
using Alatau.Iot.Mqtt.Server;
using Xunit;

namespace Alatau.Iot.Mqtt.Tests.Server;

public sealed class SubscriptionTreeTests
{
    [Theory]
    [InlineData("#", true)]
    [InlineData("alatau/#", true)]
    [InlineData("alatau/v1/golden/meter/telemetry", true)]
    [InlineData("alatau/v1/golden/meter/telemetry/#", true)]
    [InlineData("alatau/+/golden/+/telemetry", true)]
    [InlineData("+/+/+/+/+", true)]
    [InlineData("alatau/v1/golden/#", true)]
    [InlineData("alatau/v1/golden/meter/alarm/+", false)]
    [InlineData("alatau/v1/golden/meter", false)]
    [InlineData("alatau/v1/golden/meter/telemetry/more", false)]
    [InlineData("+/+/+/+", false)]
    [InlineData("spBv1.0/#", false)]
    [InlineData("$SYS/#", false)]
    public void MayMatch_OneSubscription_SaysWhetherItOverlaps(string filter, bool expected)
    {
        var tree = new SubscriptionTree();
        tree.Set("some/other/+/filter"u8, default, Any());
        Assert.False(tree.MayMatch("alatau/v1/+/+/telemetry"u8));
        tree.Set(Encoding.UTF8.GetBytes(filter), default, Any());
        Assert.Equal(expected, tree.MayMatch("alatau/v1/+/+/telemetry"u8));
    }

    [Fact]
    public void MayMatch_SharedSubscriptionThatLeaves_OverlapsOnlyWhileItIsThere()
    {
        var tree = new SubscriptionTree();
        var subscription = Any();
        tree.Set("alatau/v1/+/+/telemetry"u8, "group"u8, subscription);
        Assert.True(tree.MayMatch("alatau/v1/+/+/telemetry"u8));
        tree.Remove("alatau/v1/+/+/telemetry"u8, "group"u8, subscription.Session);
        Assert.False(tree.MayMatch("alatau/v1/+/+/telemetry"u8));
    }

    private static Subscription Any() => new(null!, [], new SubscriptionOptions(0), 0);
}
