using Alatau.Iot.Ingest.Decoding.Json;

namespace Alatau.Iot.Ingest.Decoding.Sparkplug;

/// <summary>One metric as it stands in a payload (sparkplug_b.proto, message Metric).</summary>
internal ref struct SparkplugMetric
{
    public ReadOnlySpan<byte> Name;
    public ulong Alias;
    public ulong Timestamp;
    public ulong Bits;
    public int TextStart;
    public int TextLength;

    /// <summary>0 when the metric doesn't say.</summary>
    public uint DataType;

    /// <summary>Number of the field the value is in, 10 int to 18 template; 0 without a value.</summary>
    public int ValueField;
    public bool HasAlias;
    public bool HasTimestamp;
    public bool IsHistorical;
    public bool IsNull;

    /// <summary>Reads a metric. False when its bytes are no protobuf of it.</summary>
    /// <param name="bytes">The metric.</param>
    /// <param name="offset">Where it begins in the payload.</param>
    /// <param name="metric">What was read.</param>
    internal static bool TryRead(ReadOnlySpan<byte> bytes, int offset, out SparkplugMetric metric)
    {
        metric = default;
        var reader = new ProtobufReader(bytes);
        while (reader.Next())
        {
            int wire = reader.Field switch
            {
                1 or 8 or 9 or 15 or 16 or 17 or 18 => 2,
                2 or 3 or 4 or 5 or 6 or 7 or 10 or 11 or 14 => 0,
                12 => 5,
                13 => 1,
                _ => reader.Wire,
            };
            if (wire != reader.Wire)
            {
                return false;
            }

            switch (reader.Field)
            {
                case 1:
                    metric.Name = reader.Bytes;
                    break;
                case 2:
                    (metric.Alias, metric.HasAlias) = (reader.Number, true);
                    break;
                case 3:
                    (metric.Timestamp, metric.HasTimestamp) = (reader.Number, true);
                    break;
                case 4:
                    metric.DataType = (uint)reader.Number;
                    break;
                case 5:
                    metric.IsHistorical = reader.Number != 0;
                    break;
                case 7:
                    metric.IsNull = reader.Number != 0;
                    break;
                case >= 10 and <= 19:
                    (metric.ValueField, metric.Bits) = (reader.Field, reader.Number);
                    (metric.TextStart, metric.TextLength) = (offset + reader.Start, reader.Wire == 2 ? (int)reader.Number : 0);
                    break;
            }
        }

        return !reader.Failed;
    }

    /// <summary>The value as a slot.</summary>
    /// <param name="dataType">Of the metric or its birth; 0 unknown, then integers count as signed.</param>
    internal readonly Slot ToSlot(uint dataType) => IsNull || ValueField == 0
        ? new Slot { Kind = SlotKind.Null }
        : ValueField switch
        {
            10 => Number(dataType is 5 or 6 or 7 or 8 ? (uint)Bits : dataType switch { 1 => (sbyte)Bits, 2 => (short)Bits, _ => (int)(uint)Bits }),
            11 => Number(dataType is 7 or 8 or 13 ? Bits : (long)Bits),
            12 => Number(BitConverter.UInt32BitsToSingle((uint)Bits)),
            13 => Number(BitConverter.UInt64BitsToDouble(Bits)),
            14 => new Slot { Kind = Bits != 0 ? SlotKind.True : SlotKind.False },
            15 => new Slot { Kind = SlotKind.Text, Start = TextStart, Length = TextLength },
            _ => new Slot { Kind = SlotKind.Nested },
        };

    private static Slot Number(double value) => new() { Kind = SlotKind.Number, Number = value };
}
