using Alatau.Iot.Core.Time;

namespace Alatau.Iot.Core.Tests.Time;

public sealed class InstantTests
{
    [Fact]
    public void Subtract_Instants_IsTheTimeBetween() => Assert.Equal(TimeSpan.FromMilliseconds(1500), new Instant(2000) - new Instant(500));

    [Fact]
    public void Subtract_FartherApartThanATimeSpan_IsTheLongest()
    {
        Assert.Equal(TimeSpan.MaxValue, new Instant(0) - Instant.MinValue);
        Assert.Equal(TimeSpan.MaxValue, Instant.MaxValue - Instant.MinValue);
        Assert.Equal(TimeSpan.MinValue, Instant.MinValue - new Instant(0));
    }
}
