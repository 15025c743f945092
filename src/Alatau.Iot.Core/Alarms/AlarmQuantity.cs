using Alatau.Iot.Core.Assets;

namespace Alatau.Iot.Core.Alarms;

/// <summary>A limit or deadband: a number, or a share of what an asset is rated by.</summary>
/// <param name="Number">In the canonical unit of what is compared; with an <paramref name="Attribute"/> the factor it is multiplied by.</param>
/// <param name="Attribute">Null for a plain number; <c>ratedPower</c>, or the name of an attribute of the fleet file.</param>
/// <param name="Unit">Unit of the attribute's number where its text names none.</param>
/// <param name="Canonical">Unit of what is compared.</param>
public readonly record struct AlarmQuantity(double Number, string? Attribute = null, string Unit = "1", string Canonical = "1")
{
    /// <summary>The rated active power in W.</summary>
    public const string RatedPower = "ratedPower";

    /// <summary>The value for an asset; null when the asset lacks the attribute, or its text is no quantity that fits.</summary>
    public double? For(Asset asset) => Attribute is null ? Number : AssetQuantity.Of(asset, Attribute, Unit, Canonical) * Number;
}
