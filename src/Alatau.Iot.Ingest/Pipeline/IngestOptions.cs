using System.ComponentModel.DataAnnotations;
using Alatau.Iot.Core.Assets;

namespace Alatau.Iot.Ingest.Pipeline;

/// <summary>What the road takes and from whom.</summary>
public sealed class IngestOptions : IValidatableObject
{
    public const string SectionName = "Ingest";

    public const string DefaultAutoRegisterSite = "field";

    /// <summary>Whether a device that the fleet doesn't know becomes an asset by its first message; default false. On in <c>demo</c>.</summary>
    public bool AutoRegister { get; set; }

    /// <summary>Site of devices that register themselves by a profile whose topics name no site; default <c>field</c>.</summary>
    [Required]
    public string AutoRegisterSite { get; set; } = DefaultAutoRegisterSite;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!AssetId.IsPart(AutoRegisterSite))
        {
            yield return new ValidationResult("A site's name has 1 to 64 characters out of A-Z a-z 0-9 - _ .", [nameof(AutoRegisterSite)]);
        }
    }
}
