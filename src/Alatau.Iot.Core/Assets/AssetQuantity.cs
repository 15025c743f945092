using System.Globalization;
using Alatau.Iot.Core.Alarms;
using Alatau.Iot.Core.Measurands;

namespace Alatau.Iot.Core.Assets;

/// <summary>Reads an asset's attribute as a number with a unit: <c>400</c>, <c>"400"</c>, <c>"400 kW"</c>.</summary>
internal static class AssetQuantity
{
    /// <summary>The attribute in the unit <paramref name="canonical"/>; null when the asset lacks it, or its text is no such quantity.</summary>
    /// <param name="bareUnit">Unit of a number that names none.</param>
    public static double? Of(Asset asset, string attribute, string bareUnit, string canonical)
    {
        if (attribute == AlarmQuantity.RatedPower)
        {
            return asset.RatedPowerWatts is > 0 and var rated && UnitTable.TryConvert("W", canonical, out double watts, out _) ? rated * watts : null;
        }

        return asset.Attributes.TryGetValue(attribute, out string? text) ? Read(text, bareUnit, canonical) : null;
    }

    /// <summary>A number and maybe its unit, in the unit <paramref name="canonical"/>; null when it is neither.</summary>
    public static double? Read(ReadOnlySpan<char> text, string bareUnit, string canonical)
    {
        text = text.Trim();
        int blank = text.IndexOf(' ');
        string unit = blank < 0 ? bareUnit : text[(blank + 1)..].Trim().ToString();
        var number = blank < 0 ? text : text[..blank];
        return double.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && double.IsFinite(value) && UnitTable.TryConvert(unit, canonical, out double scale, out double offset)
            ? (value * scale) + offset
            : null;
    }
}
