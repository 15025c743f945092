using Alatau.Iot.Ingest.Decoding.Profiles;

namespace Alatau.Iot.Ingest.Decoding.Topics;

/// <summary>A template with the profile it belongs to and the shapes a message on it may have.</summary>
/// <param name="Template">The topics.</param>
/// <param name="Profile">Whose.</param>
/// <param name="DeviceTemplate">How the device key is composed, names in braces; empty when ignored.</param>
/// <param name="Shapes">At least one, tried in order; empty when ignored.</param>
internal sealed record TopicRoute(TopicTemplate Template, Profile Profile, string DeviceTemplate, IReadOnlyList<MessageShape> Shapes)
{
    internal bool IsIgnored => Shapes.Count == 0;

    internal string DeviceKey(Dictionary<string, string> captures)
    {
        string key = DeviceTemplate;
        foreach (var (name, text) in captures)
        {
            key = key.Replace("{" + name + "}", text, StringComparison.Ordinal);
        }

        return key;
    }
}
