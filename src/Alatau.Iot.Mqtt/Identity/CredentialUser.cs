namespace Alatau.Iot.Mqtt.Identity;

/// <summary>One user as listed: no secret.</summary>
/// <param name="Asset"><c>site/asset</c> of a device, or null.</param>
public sealed record CredentialUser(string Name, MqttRole Role, string? Asset, IReadOnlyList<string> Filters);

/// <summary>The credential file's one object.</summary>
internal sealed record CredentialDocument(CredentialEntry[] Users);

/// <summary>One user in the credential file.</summary>
internal sealed record CredentialEntry(string Name, string Role, string? Asset, string[] Filters, string Scheme, int Iterations, string Salt, string Hash)
{
    public bool Equals(CredentialEntry? other)
        => other is not null && Name == other.Name && Role == other.Role && Asset == other.Asset && Filters.SequenceEqual(other.Filters, StringComparer.Ordinal)
            && Iterations == other.Iterations && Salt == other.Salt && Hash == other.Hash;

    public override int GetHashCode() => HashCode.Combine(Name, Hash);

    public IEnumerable<string> AllFilters() => Asset is null ? Filters : [$"alatau/v1/{Asset}/#", .. Filters];
}
