using System.Text;
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

    /// <param name="topic">One that the template matches, UTF-8.</param>
    internal string DeviceKey(ReadOnlySpan<byte> topic)
    {
        string key = deviceTemplate;
        foreach (string name in Template.Names)
        {
            Template.TryCapture(topic, name, out var text);
            key = key.Replace("{" + name + "}", Encoding.UTF8.GetString(text), StringComparison.Ordinal);
        }

        return key;
    }
}
