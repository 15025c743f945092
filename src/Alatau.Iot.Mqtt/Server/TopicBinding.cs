namespace Alatau.Iot.Mqtt.Server;

/// <summary>What the road knows about one topic; derived by the sink, opaque to the server, kept with the topic. The default is none: the topic isn't the road's.</summary>
/// <param name="Road">What many topics have in common (decoder, profile, …), shared by them so that a topic doesn't cost an object.</param>
/// <param name="Number">What tells this topic from them, for example its asset's handle.</param>
public readonly record struct TopicBinding(object? Road, int Number)
{
    public bool IsNone => Road is null;
}
