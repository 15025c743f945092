using System.Collections.Concurrent;
using System.Text;
using Alatau.Iot.Core.Quarantine;
using Alatau.Iot.Ingest.Decoding.Json;
using Alatau.Iot.Ingest.Decoding.Native;
using Alatau.Iot.Ingest.Decoding.Profiles;
using Alatau.Iot.Ingest.Decoding.Scalars;
using Alatau.Iot.Ingest.Decoding.SenMl;
using Alatau.Iot.Ingest.Decoding.Sparkplug;
using Alatau.Iot.Ingest.Decoding.Topics;

namespace Alatau.Iot.Ingest.Decoding;

/// <summary>Gives each topic its decoder and owns what decoders remember between messages. One for a platform; any thread may call it.</summary>
public sealed class PayloadDecoders(ProfileCatalog catalog)
{
    private readonly ConcurrentDictionary<TopicRoute, JsonDecoder> _json = [];
    private readonly SparkplugNodes _nodes = new();
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
            JsonShape => _json.GetOrAdd(match.Route, static r => new JsonDecoder([.. r.Shapes.Cast<JsonShape>()], r.Profile.TimeZone)),
            SenMlShape { IsCbor: true } pack => new SenMlCborDecoder(pack),
            SenMlShape pack => new SenMlJsonDecoder(pack),
            SparkplugShape sparkplug => Sparkplug(sparkplug, match),
            ScalarShape scalar => Scalar(scalar, match),
            var other => throw new ArgumentException($"No decoder for {other.GetType().Name}.", nameof(match)),
        };
    }

    /// <summary>What decoders remember between messages, as pieces of bytes for a checkpoint: the births of Sparkplug nodes. As of this call; nobody decodes during it. The pieces are made when they are asked for.</summary>
    public IEnumerable<byte[]> TakeMemory() => SparkplugSession.Take(_nodes);

    /// <summary>Puts a piece back; at the start, before anything is decoded.</summary>
    /// <returns>False when it is of another version or broken: what it held is asked for again.</returns>
    public bool RestoreMemory(byte[] piece) => SparkplugSession.Restore(piece, _nodes, topic =>
        catalog.TryMatch(Encoding.UTF8.GetBytes(topic), out var match) && !match.IsIgnored && match.Route.Shapes[0] is SparkplugShape shape ? (shape, match.DeviceKey) : null);

    /// <summary>The topic on which the Sparkplug node of a device takes commands, when the device is bound in a Sparkplug profile and no birth of its node is known; else null.</summary>
    /// <param name="deviceKey">As a fleet's binding calls it: <c>group/node</c> or <c>group/node/device</c>.</param>
    public string? UnknownNode(string profile, string deviceKey)
    {
        string[] parts = deviceKey.Split('/');
        return parts.Length is 2 or 3
            && catalog.TryMatch(Encoding.UTF8.GetBytes($"spBv1.0/{parts[0]}/NBIRTH/{parts[1]}"), out var match)
            && match.Profile.Name == profile
            && !match.IsIgnored
            && match.Route.Shapes[0] is SparkplugShape
            && !_nodes.IsAlive($"{parts[0]}/{parts[1]}")
            ? SparkplugRebirth.Topic(match)
            : null;
    }

    /// <summary>Whether all topics of a route have the same decoder.</summary>
    internal static bool IsShared(TopicRoute route) => route.Shapes[0] is NativeShape or JsonShape;

    private static ScalarDecoder Scalar(ScalarShape shape, ProfileMatch match)
    {
        string field = match.Capture(ScalarShape.FieldCapture) ?? "";
        byte[] name = Encoding.UTF8.GetBytes(field);
        var rule = shape.Fields.FirstOrDefault(f => f.Name.Matches(name)).Rule;
        return new ScalarDecoder(rule, shape.ValueAt, shape.IgnoresUnmapped, field);
    }

    private PayloadDecoder Sparkplug(SparkplugShape shape, ProfileMatch match)
    {
        string? device = match.Capture("device");
        SparkplugMessage? message = match.Capture("message") switch
        {
            "NBIRTH" when device is null => SparkplugMessage.NodeBirth,
            "NDEATH" when device is null => SparkplugMessage.NodeDeath,
            "NDATA" when device is null => SparkplugMessage.NodeData,
            "DBIRTH" when device is not null => SparkplugMessage.DeviceBirth,
            "DDEATH" when device is not null => SparkplugMessage.DeviceDeath,
            "DDATA" when device is not null => SparkplugMessage.DeviceData,
            "NCMD" or "DCMD" => SparkplugMessage.Command,
            _ => null,
        };
        if (message is null)
        {
            return new UnknownMessageDecoder(QuarantineReason.UnknownTopic, "The topic's third level is no message of Sparkplug B that fits its length. Write spBv1.0/group/NDATA/node or spBv1.0/group/DDATA/node/device.");
        }

        var node = _nodes.Find($"{match.Capture("group")}/{match.Capture("node")}");
        return node is null
            ? new UnknownMessageDecoder(QuarantineReason.TooLarge, $"More than {SparkplugNodes.MaximumNodes} Sparkplug nodes. Restart the platform to forget those that are gone.")
            : new SparkplugDecoder(shape, _nodes, node, message.Value, device, match.DeviceKey);
    }
}
