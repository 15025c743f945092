namespace Alatau.Iot.Ingest.Decoding.Profiles;

/// <summary>What messages on a topic look like, compiled from a profile. A closed set, one for each format.</summary>
internal abstract record MessageShape
{
    /// <summary>Whether another shape may stand on the same topic, told apart by the payload.</summary>
    internal virtual bool MayShareTopic => false;
}

/// <summary>The platform's own payload.</summary>
internal sealed record NativeShape : MessageShape;
