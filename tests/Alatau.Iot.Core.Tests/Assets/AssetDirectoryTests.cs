using System.Globalization;
using System.Text;
using Alatau.Iot.Core.Assets;
using Xunit;

namespace Alatau.Iot.Core.Tests.Assets;

public sealed class AssetDirectoryTests
{
    [Fact]
    public void TryFind_ByIdAndByBytes_FindTheSameThroughAllGrowth()
    {
        var directory = new AssetDirectory();
        for (int i = 0; i < 5000; i++)
        {
            directory.TryRegister(new Asset(IdOf(i), "name", AssetKind.Meter), out var handle);
            Assert.Equal(i, handle.Index);
        }

        for (int i = 0; i < 5000; i++)
        {
            Assert.True(directory.TryFind(IdOf(i), out var byId));
            Assert.True(directory.TryFind(Encoding.UTF8.GetBytes(IdOf(i).ToString()), out var byBytes));
            Assert.Equal(i, byId.Index);
            Assert.Equal(byId, byBytes);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("/")]
    [InlineData("golden")]
    [InlineData("golden/")]
    [InlineData("golden/meter")]
    [InlineData("golden/meter-11")]
    [InlineData("goldenxmeter-1")]
    [InlineData("Golden/meter-1")]
    [InlineData("golden/meter-1/")]
    public void TryFind_BytesOfNoAsset_IsFalse(string name)
    {
        var directory = new AssetDirectory();
        directory.TryRegister(new Asset(AssetId.Of("golden", "meter-1"), "name", AssetKind.Meter), out _);
        Assert.False(directory.TryFind(Encoding.UTF8.GetBytes(name), out _));
    }

    [Fact]
    public void TryFind_DefaultId_IsFalse() => Assert.False(new AssetDirectory().TryFind(default(AssetId), out _));

    private static AssetId IdOf(int number) => AssetId.Of("site-" + (number % 7).ToString(CultureInfo.InvariantCulture), "meter-" + number.ToString(CultureInfo.InvariantCulture));
}
