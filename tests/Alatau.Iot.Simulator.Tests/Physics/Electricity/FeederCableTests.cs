using Alatau.Iot.Simulator.Physics.Electricity;

namespace Alatau.Iot.Simulator.Tests.Physics.Electricity;

public sealed class FeederCableTests
{
    private static readonly PhaseVoltages Head = new(230, 230, 230);

    [Fact]
    public void Solve_OneMember_IsOhmsLaw()
    {
        // 2300 W on one phase behind 1 km of 0.32 ohm: 10 A, 3.2 V, 32 W.
        var member = default(PhasePowers);
        member.Add(0, 2300, 0);
        var voltages = new PhaseVoltages[1];
        var sum = FeederCable.Solve(Head, [member], [1000], new PhasePowers[1], voltages, out var loss);
        Assert.Equal(32, loss, 1e-9);
        Assert.Equal(2332, sum.Active, 1e-9);
        Assert.Equal(226.8, voltages[0].V1, 1e-9);
        Assert.Equal(230, voltages[0].V2);
    }

    [Fact]
    public void Solve_Consumers_VoltageFallsAlongTheCable()
    {
        var members = Enumerable.Range(0, 8).Select(_ => Three(3000, 500)).ToArray();
        var voltages = new PhaseVoltages[8];
        var sum = FeederCable.Solve(Head, members, [.. Enumerable.Repeat(40.0, 8)], new PhasePowers[8], voltages, out var loss);
        Assert.True(loss > 0);
        Assert.Equal(8 * 3000 + loss, sum.Active, 1e-6);
        for (var i = 1; i < 8; i++)
            Assert.True(voltages[i].V1 < voltages[i - 1].V1);
    }

    [Fact]
    public void Solve_PlantAtTheEnd_RaisesTheVoltage()
    {
        var voltages = new PhaseVoltages[2];
        FeederCable.Solve(Head, [Three(1000, 0), Three(-20000, 0)], [50, 200], new PhasePowers[2], voltages, out _);
        Assert.True(voltages[1].V1 > voltages[0].V1);
        Assert.True(voltages[0].V1 > Head.V1);
    }

    [Fact]
    public void Counter_ConstantPower_AddsExactly()
    {
        var counter = new EnergyCounter(100);
        counter.AddTrapezoid(1200, TimeSpan.Zero);
        for (var i = 0; i < 60; i++)
            counter.AddTrapezoid(1200, TimeSpan.FromMinutes(1));
        Assert.Equal(1300, counter.WattHours, 1e-9);
        counter.AddTrapezoid(-5000, TimeSpan.FromHours(1));
        Assert.Equal(1900, counter.WattHours, 1e-9);
        counter.AddTrapezoid(-5000, TimeSpan.FromHours(1));
        Assert.Equal(1900, counter.WattHours, 1e-9);
    }

    private static PhasePowers Three(double active, double reactive)
    {
        var powers = default(PhasePowers);
        for (var phase = 0; phase < 3; phase++)
            powers.Add(phase, active / 3, reactive / 3);
        return powers;
    }
}
