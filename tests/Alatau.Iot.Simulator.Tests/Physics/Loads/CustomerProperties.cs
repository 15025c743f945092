using Alatau.Iot.Simulator.Physics.Loads;
using Alatau.Iot.Simulator.Physics.Noise;

namespace Alatau.Iot.Simulator.Tests.Physics.Loads;

public sealed class CustomerProperties
{
    [Theory]
    [InlineData(LoadProfile.H0, 3000, 1)]
    [InlineData(LoadProfile.H0, 60000, 3)]
    [InlineData(LoadProfile.G4, 25000, 3)]
    [InlineData(LoadProfile.G1, 120000, 3)]
    public void At_ThirtyCustomersOverManyDays_UsesTheAnnualEnergy(LoadProfile profile, double annual, int phases)
    {
        var customers = Enumerable.Range(0, 30).Select(i => new Customer(NoiseStream.Of(5, $"c{i}"), profile, annual, phases)).ToArray();
        var day = new LoadDay(LoadCalendar.NoHolidays);
        double sum = 0, shape = 0;
        var count = 0;
        for (var at = new DateTime(2026, 1, 2); at < new DateTime(2027, 1, 1); at = at.AddMinutes(7 * 60 + 13))
        {
            shape += day.Watts(profile, at) * annual / 1000 * customers.Length;
            foreach (var customer in customers)
                sum += customer.At(new DateTimeOffset(at, TimeSpan.Zero), at, day).Active;
            count++;
        }

        Assert.True(count > 1000);
        Assert.InRange(sum / shape, 0.95, 1.05);
    }

    [Fact]
    public void At_SinglePhase_LoadsOnePhaseOnly()
    {
        var customer = new Customer(NoiseStream.Of(5, "single"), LoadProfile.H0, 3000, 1);
        var day = new LoadDay(LoadCalendar.NoHolidays);
        for (var i = 0; i < 500; i++)
        {
            var at = new DateTime(2026, 1, 2).AddMinutes(i * 17);
            var powers = customer.At(new DateTimeOffset(at, TimeSpan.Zero), at, day);
            Assert.Equal(1, new[] { powers.P1, powers.P2, powers.P3 }.Count(power => power != 0));
            Assert.True(powers.Active > 0);
        }
    }
}
