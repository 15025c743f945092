namespace Alatau.Iot.Mqtt.Server;

/// <summary>What the road knows about one topic (decoder, asset handle, …); derived by the sink, opaque to the server, cached per topic.</summary>
public abstract class TopicBinding;
