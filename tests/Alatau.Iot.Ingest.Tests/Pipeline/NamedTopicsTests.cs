using System.Text;
using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Files;
using Alatau.Iot.Ingest.Decoding;
using Alatau.Iot.Ingest.Pipeline;
using Alatau.Iot.Testing;
using Xunit;

namespace Alatau.Iot.Ingest.Tests.Pipeline;

public sealed class NamedTopicsTests
{
    private static readonly byte[] s_topic = "alatau/v1/golden/meter-1/telemetry"u8.ToArray();

    private readonly AssetDirectory _assets = new(capacity: 3);

    [Fact]
    public void TryFind_AssetOfTheDirectory_AnswersAsBindDoes()
    {
        _assets.TryRegister(Meter("golden", "meter-1"), out var asset);
        var resolver = Resolver(autoRegister: false);
        Assert.True(resolver.TryFind(s_topic, out var binding));
        Assert.Equal(resolver.Bind(s_topic), binding);
        Assert.Equal(asset, binding.Asset);
        Assert.True(resolver.TryFind(s_topic, out var again));
        Assert.Equal(binding, again);
    }

    [Fact]
    public void TryFind_NewDevice_RegistersItOnlyWhereThatIsAllowed()
    {
        Assert.False(Resolver(autoRegister: false).TryFind(s_topic, out _));
        Assert.Equal(0, _assets.Count);
        Assert.True(Resolver(autoRegister: true).TryFind(s_topic, out var binding));
        Assert.Equal(AssetId.Of("golden", "meter-1"), _assets[binding.Asset].Id);
    }

    [Fact]
    public void TryFind_DirectoryFull_LeavesTheAnswerToBind()
    {
        var resolver = Resolver(autoRegister: true);
        foreach (string name in new[] { "a", "b", "c" })
        {
            Assert.True(resolver.TryFind(Encoding.UTF8.GetBytes($"alatau/v1/golden/{name}/telemetry"), out _));
        }

        Assert.False(resolver.TryFind(s_topic, out _));
        Assert.Equal(BindingKind.Unknown, resolver.Bind(s_topic)!.Value.Kind);
    }

    [Theory]
    [InlineData("")]
    [InlineData("alatau/v1//telemetry")]
    [InlineData("alatau/v1/telemetry")]
    [InlineData("alatau/v1/golden/telemetry")]
    [InlineData("alatau/v1/golden//telemetry")]
    [InlineData("alatau/v1//meter-1/telemetry")]
    [InlineData("alatau/v1/golden/meter/1/telemetry")]
    [InlineData("alatau/v1/golden/meter+1/telemetry")]
    [InlineData("alatau/v1/golden/../telemetry")]
    [InlineData("alatau/v1/golden/meter\0/telemetry")]
    [InlineData("alatau/v1/golden/meter-1/telemetry/more")]
    [InlineData("shellies/golden/meter-1/telemetry")]
    public void TryFind_AnyOtherTopic_IsFalseAndRegistersNothing(string topic)
    {
        Assert.False(Resolver(autoRegister: true).TryFind(Encoding.UTF8.GetBytes(topic), out _));
        Assert.Equal(0, _assets.Count);
    }

    [Fact]
    public void TryFind_InvalidUtf8_IsFalseAndRegistersNothing()
    {
        byte[] topic = [.. s_topic];
        topic[12] = 0xC3;
        Assert.False(Resolver(autoRegister: true).TryFind(topic, out _));
        Assert.Equal(0, _assets.Count);
    }

    [Fact]
    public void TryFind_KnownTopic_AllocatesNothing()
    {
        var resolver = Resolver(autoRegister: true);
        resolver.TryFind(s_topic, out _);
        Assert.Equal(0, Allocations.LeastOf(() => Assert.True(resolver.TryFind(s_topic, out _))));
    }

    private static Asset Meter(string site, string name) => new(AssetId.Of(site, name), name, AssetKind.Meter);

    private DeviceResolver Resolver(bool autoRegister)
    {
        var faults = new FileFaults();
        var profiles = ProfileCatalog.Load(ProjectRoot.Of("devices", "profiles"), faults);
        Assert.False(faults.Any);
        return new DeviceResolver(profiles, _assets, [], new IngestOptions { AutoRegister = autoRegister });
    }
}
