using System.Globalization;
using Alatau.Iot.Core.Assets;

namespace Alatau.Iot.Core.Processing;

/// <summary>What a step of a register means; a closed set.</summary>
internal enum RegisterStep : byte
{
    /// <summary>It rose, or stood.</summary>
    Gain,

    /// <summary>It passed its largest number and began again at zero.</summary>
    RollOver,

    /// <summary>It fell: reset or exchange. Counted from the new register on; this step gains nothing.</summary>
    Reset,

    /// <summary>It came back from a fall to where it had been: the fall was a fault of the device. Only what lies above the old register counts.</summary>
    Return,

    /// <summary>It rose by more than the connection can deliver: counted from the new register on, this step gains nothing.</summary>
    Implausible,
}

/// <summary>The rule for counters (facts 2.2): the sum of gains equals the difference of registers wherever the register only rises.</summary>
/// <remarks>
/// <list type="bullet">
/// <item>Roll-over is accepted only when the register's width is known (the asset's attribute <c>registerWidth</c>, 10^digits in the counter's canonical unit) and the gain it means is plausible.</item>
/// <item>Every other fall is a reset or exchange: gain 0, counted from the new register.</item>
/// <item>A register that jumps back by at least half of its fall to or above the old register returned: what was booked between is taken off, never below zero. So a drop
/// to 0 that comes back doesn't book the meter's whole life.</item>
/// <item>Plausible, with rated power known: at most 1.25 times the rating over the time between, and an hour of it on top for coarse registers. Without: any rise, and a
/// roll-over of less than a tenth of the width.</item>
/// </list>
/// </remarks>
internal static class RegisterRule
{
    private const string WidthAttribute = "registerWidth";
    private const double OverRating = 1.25;
    private const double SlackHours = 1;

    /// <summary>Share of its fall by which a register must jump to have come back.</summary>
    internal const double ReturnShare = 0.5;

    private const double RollOverShareWithoutRating = 0.1;

    /// <summary>Number at which the asset's registers begin again at zero; 0 when unknown.</summary>
    public static double WidthOf(Asset asset) =>
        asset.Attributes.TryGetValue(WidthAttribute, out string? text) && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double width) && width > 0 ? width : 0;

    /// <param name="old">Register before, in the counter's canonical unit.</param>
    /// <param name="now">Register now.</param>
    /// <param name="hours">Event time between, in hours; positive.</param>
    /// <param name="ratedPerHour">Most the connection can deliver in an hour, in the same unit; 0 when unknown.</param>
    /// <param name="width">Number at which the register begins again at zero (10^digits), in the same unit; 0 when unknown.</param>
    /// <param name="hasFallen">Whether <paramref name="fellFrom"/> and <paramref name="fellTo"/> hold a reset.</param>
    /// <param name="gain">What the step gained; never negative, never NaN.</param>
    public static RegisterStep Judge(double old, double now, double hours, double ratedPerHour, double width, ref bool hasFallen, ref double fellFrom, ref double fellTo, out double gain)
    {
        double bound = ratedPerHour > 0 ? (ratedPerHour * OverRating * hours) + (ratedPerHour * SlackHours) : double.PositiveInfinity;
        gain = now - old;
        if (gain >= 0)
        {
            if (hasFallen && now >= fellFrom)
            {
                hasFallen = false;
                if (gain >= ReturnShare * (fellFrom - fellTo))
                {
                    double sinceFall = now - fellFrom - (old - fellTo);
                    gain = sinceFall > 0 && sinceFall <= bound ? sinceFall : 0;
                    return RegisterStep.Return;
                }
            }

            if (gain > bound)
            {
                gain = 0;
                return RegisterStep.Implausible;
            }

            return RegisterStep.Gain;
        }

        if (width > old && width > now)
        {
            double around = now - old + width;
            if (around <= (ratedPerHour > 0 ? bound : width * RollOverShareWithoutRating))
            {
                gain = around;
                return RegisterStep.RollOver;
            }
        }

        (hasFallen, fellFrom, fellTo, gain) = (true, old, now, 0);
        return RegisterStep.Reset;
    }
}
