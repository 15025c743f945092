using System.Text;
using Alatau.Iot.Core.Assets;
using Alatau.Iot.Ingest.Decoding;

namespace Alatau.Iot.Ingest.Tests.Decoding;

public sealed class ProfileCatalogTests
{
    [Fact]
    public void TryMatch_NativeTopic_GivesAssetAndKey()
    {
        Assert.True(DecodingFixture.Shipped.TryMatch("alatau/v1/gate/meter-1/telemetry"u8, out var match));

        Assert.Equal(("native", false, "gate/meter-1", AssetId.Of("gate", "meter-1")), (match.Profile.Name, match.IsIgnored, match.DeviceKey, match.AssetIn(new AssetDirectory())));
    }

    [Theory]
    [InlineData("alatau/v1/gate/telemetry")]
    [InlineData("alatau/v1/gate/meter-1/telemetry/x")]
    [InlineData("alatau/v1//meter-1/telemetry")]
    [InlineData("")]
    [InlineData("/")]
    public void TryMatch_OtherTopic_IsFalse(string topic) => Assert.False(DecodingFixture.Shipped.TryMatch(Encoding.UTF8.GetBytes(topic), out _));

    [Fact]
    public void TryMatch_AlarmTopic_IsIgnored()
    {
        Assert.True(DecodingFixture.Shipped.TryMatch("alatau/v1/gate/meter-1/alarm/overvoltage"u8, out var match));
        Assert.True(match.IsIgnored);
        Assert.Throws<ArgumentException>(() =>
        {
            DecodingFixture.Shipped.TryMatch("alatau/v1/gate/meter-1/alarm/overvoltage"u8, out var ignored);
            new PayloadDecoders(DecodingFixture.Shipped).For(ignored);
        });
    }
}
