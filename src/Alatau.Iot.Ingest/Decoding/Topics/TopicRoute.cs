using Alatau.Iot.Ingest.Decoding.Profiles;

namespace Alatau.Iot.Ingest.Decoding.Topics;

/// <summary>A template with the profile it belongs to and the shapes a message on it may have.</summary>
/// <param name="template">The topics.</param>
/// <param name="profile">Whose.</param>
/// <param name="deviceTemplate">How the device key is composed, names in braces; empty when ignored.</param>
/// <param name="shapes">At least one, tried in order; empty when ignored.</param>
internal sealed class TopicRoute(TopicTemplate template, Profile profile, string deviceTemplate, IReadOnlyList<MessageShape> shapes)
{
    internal TopicTemplate Template { get; } = template;

    internal Profile Profile { get; } = profile;

    internal IReadOnlyList<MessageShape> Shapes { get; } = shapes;

    internal bool IsIgnored => Shapes.Count == 0;

    internal string DeviceKey(Dictionary<string, string> captures)
    {
        string key = deviceTemplate;
        foreach (var (name, text) in captures)
        {
            key = key.Replace("{" + name + "}", text, StringComparison.Ordinal);
        }

        return key;
    }
}
