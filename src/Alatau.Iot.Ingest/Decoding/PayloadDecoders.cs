using Alatau.Iot.Ingest.Decoding.Native;
using Alatau.Iot.Ingest.Decoding.Profiles;

namespace Alatau.Iot.Ingest.Decoding;

/// <summary>Gives each topic its decoder and owns what decoders remember between messages. One for a platform; any thread may call it.</summary>
public sealed class PayloadDecoders(ProfileCatalog catalog)
{
    private readonly NativeDecoder _native = new(catalog.Measurands);

    /// <summary>The decoder for messages on the topic of <paramref name="match"/>. Formats without memory share one.</summary>
    /// <exception cref="ArgumentException">The topic is to be ignored, or <paramref name="match"/> is of another catalog.</exception>
    public PayloadDecoder For(ProfileMatch match)
    {
        if (match.IsIgnored)
        {
            throw new ArgumentException("An ignored topic has no decoder.", nameof(match));
        }

        return match.Route.Shapes[0] switch
        {
            NativeShape => _native,
            var other => throw new ArgumentException($"No decoder for {other.GetType().Name}.", nameof(match)),
        };
    }
}
