using Alatau.Iot.Simulator.Physics.Electricity;
using Alatau.Iot.Simulator.Physics.Noise;

namespace Alatau.Iot.Simulator.Physics.Loads;

/// <summary>What one customer draws: a shape of habits, customers' differences, and single appliances.</summary>
/// <remarks>
/// Part of the shape's energy comes from appliances: slots of twenty minutes hold one with a probability that keeps the expected year at the
/// customer's annual energy. A function of the noise and the instant alone.
/// </remarks>
internal sealed class Customer
{
    private const double SlotMinutes = 20;
    private const double MeanRunMinutes = 7;

    private readonly LoadProfile profile;
    private readonly double scale;
    private readonly int fixedPhase;
    private readonly double applianceShare;
    private readonly double applianceWatts;
    private readonly TimeSpan shift;
    private readonly double share1;
    private readonly double share2;
    private readonly double reactiveRatio;
    private readonly NoiseStream habit;
    private readonly NoiseStream appliance;

    /// <param name="noise">The customer's own.</param>
    /// <param name="profile">Shape of the habits.</param>
    /// <param name="annualKilowattHours">Expected energy of a year, above 0.</param>
    /// <param name="phases">1 or 3.</param>
    internal Customer(NoiseStream noise, LoadProfile profile, double annualKilowattHours, int phases)
    {
        this.profile = profile;
        scale = annualKilowattHours / 1000.0;
        var traits = noise.Branch(10);
        habit = noise.Branch(11);
        appliance = noise.Branch(12);
        fixedPhase = phases == 1 ? (int)(traits.Uniform(0) * 3) : -1;
        shift = TimeSpan.FromMinutes((traits.Uniform(1) - 0.5) * 50);
        var isHousehold = profile == LoadProfile.H0;
        applianceShare = isHousehold ? 0.45 : 0.2;
        var meanWatts = annualKilowattHours * 1000.0 / 8760.0;
        applianceWatts = Math.Max(isHousehold ? 1800 : 2500, 0.6 * meanWatts);
        double a = 0.8 + (0.4 * traits.Uniform(2)), b = 0.8 + (0.4 * traits.Uniform(3)), c = 0.8 + (0.4 * traits.Uniform(4));
        share1 = a / (a + b + c);
        share2 = b / (a + b + c);

        // Power factor of the basic load 0.90 to 0.98, inductive.
        var powerFactor = 0.90 + (0.08 * traits.Uniform(5));
        reactiveRatio = Math.Tan(Math.Acos(powerFactor));
    }

    /// <summary>What the customer draws at a moment.</summary>
    internal PhasePowers At(DateTimeOffset instant, DateTime local, LoadDay day)
    {
        var minutes = instant.ToUnixTimeMilliseconds() / 60_000.0;
        var shape = scale * day.Watts(profile, Shifted(local));
        var basic = shape * (1 - applianceShare) * Math.Exp((0.22 * habit.Smooth(minutes / 15.0, 0.75)) - 0.0242);
        var reactive = basic * reactiveRatio;
        var powers = default(PhasePowers);
        if (fixedPhase >= 0)
        {
            powers.Add(fixedPhase, basic, reactive);
        }
        else
        {
            powers.Add(0, basic * share1, reactive * share1);
            powers.Add(1, basic * share2, reactive * share2);
            powers.Add(2, basic * (1 - share1 - share2), reactive * (1 - share1 - share2));
        }

        AddAppliance(minutes, shape, ref powers);
        return powers;
    }

    private void AddAppliance(double minutes, double shapeWatts, ref PhasePowers powers)
    {
        var slot = (long)Math.Floor(minutes / SlotMinutes);
        var expected = applianceWatts * MeanRunMinutes / SlotMinutes;
        var wanted = shapeWatts * applianceShare;

        // More than one appliance's worth is wanted in a slot: they run stronger rather than oftener.
        var strength = Math.Max(1, wanted / (0.9 * expected));
        if (appliance.Uniform(slot * 4) >= wanted / (expected * strength))
            return;

        var run = 2 + (2 * (MeanRunMinutes - 2) * appliance.Uniform((slot * 4) + 1));
        var start = (SlotMinutes - run) * appliance.Uniform((slot * 4) + 2);
        var within = minutes - (slot * SlotMinutes);
        if (within < start || within >= start + run)
            return;

        var phase = fixedPhase >= 0 ? fixedPhase : (int)(appliance.Uniform((slot * 4) + 3) * 3);
        powers.Add(phase, applianceWatts * strength, applianceWatts * strength * 0.05);
    }

    /// <summary>The customer's own clock, kept within the same date so that the day's shape fits.</summary>
    private DateTime Shifted(DateTime local)
    {
        var ticks = (local.TimeOfDay + shift).Ticks;
        return local.Date.AddTicks(Math.Clamp(ticks, 0, TimeSpan.TicksPerDay - 1));
    }
}
