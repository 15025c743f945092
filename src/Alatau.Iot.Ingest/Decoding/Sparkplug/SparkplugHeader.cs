namespace Alatau.Iot.Ingest.Decoding.Sparkplug;

/// <summary>A payload without its metrics (sparkplug_b.proto, message Payload), its whole structure known to be sound.</summary>
internal struct SparkplugHeader
{
    public ulong Timestamp;
    public ulong Sequence;
    public ulong BirthDeathSequence;
    public bool HasTimestamp;
    public bool HasSequence;
    public bool HasBirthDeathSequence;

    /// <summary>Reads the payload once, every metric included, so that nothing is taken from one that breaks off.</summary>
    internal static bool TryRead(ReadOnlySpan<byte> payload, out SparkplugHeader header)
    {
        header = default;
        var reader = new ProtobufReader(payload);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1 when reader.Wire == 0:
                    (header.Timestamp, header.HasTimestamp) = (reader.Number, true);
                    break;
                case 3 when reader.Wire == 0:
                    (header.Sequence, header.HasSequence) = (reader.Number, true);
                    break;
                case 2 when reader.Wire == 2:
                    if (!SparkplugMetric.TryRead(reader.Bytes, reader.Start, out var metric))
                    {
                        return false;
                    }

                    if (metric.Name.SequenceEqual("bdSeq"u8) && metric.ValueField is 10 or 11)
                    {
                        (header.BirthDeathSequence, header.HasBirthDeathSequence) = (metric.Bits, true);
                    }

                    break;
                case 1 or 2 or 3:
                    return false;
            }
        }

        return !reader.Failed;
    }
}
