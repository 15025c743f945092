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

    private static ScalarDecoder Scalar(ScalarShape shape, ProfileMatch match)
    {
        string field = match.Captures.GetValueOrDefault(ScalarShape.FieldCapture, "");
        byte[] name = Encoding.UTF8.GetBytes(field);
        var rule = shape.Fields.FirstOrDefault(f => f.Name.Matches(name)).Rule;
        return new ScalarDecoder(rule, shape.ValueAt, shape.IgnoresUnmapped, field);
    }

    private PayloadDecoder Sparkplug(SparkplugShape shape, ProfileMatch match)
    {
        string? device = match.Captures.GetValueOrDefault("device");
        SparkplugMessage? message = match.Captures["message"] switch
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

        var node = _nodes.Find($"{match.Captures["group"]}/{match.Captures["node"]}");
        return node is null
            ? new UnknownMessageDecoder(QuarantineReason.TooLarge, $"More than {SparkplugNodes.MaximumNodes} Sparkplug nodes. Restart the platform to forget those that are gone.")
            : new SparkplugDecoder(shape, _nodes, node, message.Value, device, match.DeviceKey);
    }
}
