using System.Globalization;
using System.Text;
using Alatau.Iot.Core.Quarantine;
using Alatau.Iot.Core.Readings;
using Alatau.Iot.Ingest.Decoding.Fields;
using Alatau.Iot.Ingest.Decoding.Json;

namespace Alatau.Iot.Ingest.Decoding.Sparkplug;

/// <summary>Decodes one topic of Sparkplug B: births define names, data refer to them, deaths end them (Sparkplug 3.0, clauses 5 and 6).</summary>
/// <remarks>
/// A gap in the numbers of a node asks for its births again, but data whose aliases are known is taken. A node's death says online = 0 for it and all its living
/// devices, a segment each; a death whose bdSeq is of an earlier birth is ignored. The 8-bit seq is no message number of a reading: it wraps every 256.
/// </remarks>
internal sealed class SparkplugDecoder(SparkplugShape shape, SparkplugNodes nodes, SparkplugNode node, SparkplugMessage message, string? device, string deviceKey) : PayloadDecoder
{
    private protected override DecodeResult DecodeBounded(ReadOnlySpan<byte> payload, in DecodeContext context, ReadingBuffer into)
    {
        if (message == SparkplugMessage.Command)
        {
            return DecodeResult.Ignored;
        }

        if (!SparkplugHeader.TryRead(payload, out var header))
        {
            return DecodeResult.Quarantine(
                QuarantineReason.Malformed,
                string.Create(CultureInfo.InvariantCulture, $"The {payload.Length} bytes are no payload of Sparkplug B (sparkplug_b.proto). Mend the node, or use the profile of its format."));
        }

        lock (node.Gate)
        {
            return message switch
            {
                SparkplugMessage.NodeBirth => BearNode(payload, header, context, into),
                SparkplugMessage.DeviceBirth => BearDevice(payload, header, context, into),
                SparkplugMessage.NodeDeath => KillNode(header, context, into),
                SparkplugMessage.DeviceDeath => KillDevice(header, context, into),
                _ => TakeData(payload, header, context, into),
            };
        }
    }

    private DecodeResult BearNode(ReadOnlySpan<byte> payload, in SparkplugHeader header, in DecodeContext context, ReadingBuffer into)
    {
        node.LastSequence = -1;
        node.TakeSequence(header);
        node.BirthDeathSequence = header.HasBirthDeathSequence ? header.BirthDeathSequence : null;
        foreach (var other in node.Devices.Values)
        {
            (other.IsAlive, other.DiedWithNode) = (false, false);
        }

        return Bear(node.Birth, payload, header, context, into);
    }

    private DecodeResult BearDevice(ReadOnlySpan<byte> payload, in SparkplugHeader header, in DecodeContext context, ReadingBuffer into)
    {
        if (!node.Birth.IsAlive)
        {
            return Missing("the birth of its node was not seen", context);
        }

        bool follows = node.TakeSequence(header);
        if (!node.Devices.TryGetValue(device!, out var birth))
        {
            if (node.Devices.Count >= SparkplugNodes.MaximumDevices)
            {
                return DecodeResult.Quarantine(QuarantineReason.TooLarge, $"The node has more than {SparkplugNodes.MaximumDevices} devices. Divide them over several nodes.");
            }

            birth = new SparkplugBirth { Key = deviceKey };
            node.Devices.Add(device!, birth);
        }

        return Bear(birth, payload, header, context, into).AskingForRebirth(!follows && node.MayAsk(context.ReceivedAt));
    }

    private DecodeResult Bear(SparkplugBirth birth, ReadOnlySpan<byte> payload, in SparkplugHeader header, in DecodeContext context, ReadingBuffer into)
    {
        nodes.TryReserve(-birth.Metrics.ByName.Count);
        birth.Metrics = SparkplugDefinitions.None;
        var metrics = new SparkplugDefinitions();
        var reader = new ProtobufReader(payload);
        while (reader.Next())
        {
            if (reader.Field != 2 || !SparkplugMetric.TryRead(reader.Bytes, reader.Start, out var metric) || metric.Name.IsEmpty || metric.Name.Length > JsonText.Longest)
            {
                continue;
            }

            string name = Encoding.UTF8.GetString(metric.Name);
            var definition = new SparkplugDefinition(shape.Names.Find(metric.Name, default, out _), metric.DataType);
            if (metrics.ByName.TryAdd(name, definition) && (metrics.ByName.Count > SparkplugNodes.MaximumMetrics || !nodes.TryReserve(1)))
            {
                nodes.TryReserve(1 - metrics.ByName.Count);
                birth.IsAlive = false;
                return DecodeResult.Quarantine(QuarantineReason.TooLarge, $"The birth has more than {SparkplugNodes.MaximumMetrics} metrics, or all births together have too many. Publish fewer.");
            }

            if (metric.HasAlias)
            {
                metrics.ByAlias[metric.Alias] = (name, definition);
            }
        }

        birth.Metrics = metrics;
        (birth.IsAlive, birth.DiedWithNode) = (true, false);
        AddOnline(1, header, context, into);
        return TakeMetrics(birth, payload, header, context, into) is { Outcome: DecodeOutcome.Quarantined } refusal ? refusal : DecodeResult.Decoded(into.Count);
    }

    private DecodeResult TakeData(ReadOnlySpan<byte> payload, in SparkplugHeader header, in DecodeContext context, ReadingBuffer into)
    {
        var birth = device is null ? node.Birth : node.Devices.GetValueOrDefault(device);
        if (!node.Birth.IsAlive || birth is not { IsAlive: true })
        {
            return Missing(device is null ? "the birth of the node was not seen" : "the birth of the device was not seen", context);
        }

        bool follows = node.TakeSequence(header);
        var result = TakeMetrics(birth, payload, header, context, into);
        return result.Reason == QuarantineReason.MissingContext && result.Outcome == DecodeOutcome.Quarantined
            ? result.AskingForRebirth(node.MayAsk(context.ReceivedAt))
            : result.AskingForRebirth(!follows && node.MayAsk(context.ReceivedAt));
    }

    private DecodeResult TakeMetrics(SparkplugBirth birth, ReadOnlySpan<byte> payload, in SparkplugHeader header, in DecodeContext context, ReadingBuffer into)
    {
        var reader = new ProtobufReader(payload);
        while (reader.Next())
        {
            if (reader.Field != 2 || !SparkplugMetric.TryRead(reader.Bytes, reader.Start, out var metric))
            {
                continue;
            }

            var definition = default(SparkplugDefinition);
            if (metric.Name.IsEmpty && metric.HasAlias)
            {
                if (!birth.Metrics.ByAlias.TryGetValue(metric.Alias, out var known))
                {
                    return DecodeResult.Quarantine(
                        QuarantineReason.MissingContext,
                        string.Create(CultureInfo.InvariantCulture, $"Alias {metric.Alias} is in no birth of {deviceKey}. The node is asked for its births; send the message again after them."));
                }

                definition = known.Definition;
            }
            else
            {
                var rule = metric.Name.Length > JsonText.Longest ? null : shape.Names.Find(metric.Name, default, out _);
                uint type = rule is not null && metric.DataType == 0 && birth.Metrics.ByName.TryGetValue(Encoding.UTF8.GetString(metric.Name), out var born) ? born.DataType : metric.DataType;
                definition = new SparkplugDefinition(rule, type);
            }

            if (definition.Rule is not null && Take(definition, metric, payload, header, context, into) is { Outcome: DecodeOutcome.Quarantined } refusal)
            {
                return refusal;
            }
        }

        return into.Count > 0 ? DecodeResult.Decoded(into.Count)
            : shape.IgnoresUnmapped ? DecodeResult.Ignored
            : DecodeResult.Quarantine(QuarantineReason.NothingMapped, $"None of the metrics of {deviceKey} is mapped by the profile. Add their names to its fields.");
    }

    private static DecodeResult Take(SparkplugDefinition definition, scoped in SparkplugMetric metric, ReadOnlySpan<byte> payload, in SparkplugHeader header, in DecodeContext context, ReadingBuffer into)
    {
        var rule = definition.Rule!;
        var slot = metric.ToSlot(metric.DataType != 0 ? metric.DataType : definition.DataType);
        var verdict = rule.Convert(slot, payload, rule.UnitScale, rule.UnitOffset, out double value, out var quality);
        if (verdict == FieldVerdict.Wrong)
        {
            return DecodeResult.Quarantine(QuarantineReason.WrongField, $"Metric '{rule.Label}': no number and no state the profile knows. Correct its type, or add to states.");
        }

        if (verdict == FieldVerdict.Nothing)
        {
            return DecodeResult.Ignored;
        }

        bool hasTime = metric.HasTimestamp || header.HasTimestamp;
        var measuredAt = context.ReceivedAt;
        if (hasTime && !JsonTime.TryMilliseconds(metric.HasTimestamp ? metric.Timestamp : header.Timestamp, 1, out measuredAt))
        {
            return DecodeResult.Quarantine(QuarantineReason.WrongField, $"Metric '{rule.Label}': its timestamp is beyond the year 9999. Write milliseconds since 1970.");
        }

        if (!into.TryAdd(new Reading(default, value, 0, rule.Measurand, quality, ReadingOrigin.None)))
        {
            return TooManyReadings();
        }

        into.Stamp(into.Count - 1, measuredAt, 0, OriginOf(context, hasTime) | (metric.IsHistorical ? ReadingOrigin.Historical : ReadingOrigin.None));
        return DecodeResult.Decoded(1);
    }

    private DecodeResult KillNode(in SparkplugHeader header, in DecodeContext context, ReadingBuffer into)
    {
        if (node.BirthDeathSequence is { } born && header.HasBirthDeathSequence && header.BirthDeathSequence != born)
        {
            return DecodeResult.Ignored;
        }

        // The will was written when the node connected: its stamp isn't the time of death.
        var unstamped = default(SparkplugHeader);
        into.BeginSegment(null);
        AddOnline(0, unstamped, context, into);
        foreach (var other in node.Devices.Values)
        {
            if (other.IsAlive || other.DiedWithNode)
            {
                into.BeginSegment(other.Key);
                AddOnline(0, unstamped, context, into);
                (other.IsAlive, other.DiedWithNode) = (false, true);
            }
        }

        node.Birth.IsAlive = false;
        node.LastSequence = -1;
        return DecodeResult.Decoded(into.Count);
    }

    private DecodeResult KillDevice(in SparkplugHeader header, in DecodeContext context, ReadingBuffer into)
    {
        bool follows = node.TakeSequence(header);
        if (node.Devices.TryGetValue(device!, out var birth))
        {
            birth.IsAlive = false;
        }

        AddOnline(0, header, context, into);
        return DecodeResult.Decoded(into.Count).AskingForRebirth(!follows && node.Birth.IsAlive && node.MayAsk(context.ReceivedAt));
    }

    private void AddOnline(double value, in SparkplugHeader header, in DecodeContext context, ReadingBuffer into)
    {
        var measuredAt = context.ReceivedAt;
        bool hasTime = header.HasTimestamp && JsonTime.TryMilliseconds(header.Timestamp, 1, out measuredAt);
        into.TryAdd(new Reading(default, value, 0, shape.Online, Quality.Good, ReadingOrigin.None));
        into.Stamp(into.Count - 1, hasTime ? measuredAt : context.ReceivedAt, 0, OriginOf(context, hasTime));
    }

    private DecodeResult Missing(string what, in DecodeContext context) =>
        DecodeResult.Quarantine(QuarantineReason.MissingContext, $"{deviceKey}: {what}. The node is asked for its births; send the message again after them.")
            .AskingForRebirth(node.MayAsk(context.ReceivedAt));
}
