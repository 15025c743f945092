using System.Text;
using Alatau.Iot.Core.Measurands;

namespace Alatau.Iot.Web.Console;

/// <summary>Names of measurands for people.</summary>
internal static class Names
{
    /// <summary><c>activePower.l1</c> → <c>Active power L1</c>; co2 and pm25 as chemists write them.</summary>
    public static string Of(Measurand measurand)
    {
        string suffix = measurand.Name[measurand.BaseName.Length..].TrimStart('.').ToUpperInvariant();
        string stem = measurand.BaseName switch
        {
            "co2" => "CO₂",
            "pm25" => "PM2.5",
            "dcPower" => "DC power",
            "dcVoltage" => "DC voltage",
            "dcCurrent" => "DC current",
            _ => Spaced(measurand.BaseName),
        };
        return suffix.Length == 0 ? stem : stem + " " + suffix;
    }

    private static string Spaced(string camel)
    {
        var text = new StringBuilder();
        foreach (char c in camel)
        {
            if (text.Length > 0 && char.IsUpper(c))
            {
                text.Append(' ');
            }

            text.Append(text.Length == 0 ? char.ToUpperInvariant(c) : char.ToLowerInvariant(c));
        }

        return text.ToString();
    }
}
