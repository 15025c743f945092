using Alatau.Iot.Core.Time;
using Alatau.Iot.Ingest.Decoding.Fields;

namespace Alatau.Iot.Ingest.Decoding.Sparkplug;

/// <summary>What a birth said of one metric.</summary>
/// <param name="Rule">Null when the profile doesn't map it.</param>
/// <param name="DataType">Sparkplug's number of the type.</param>
internal readonly record struct SparkplugDefinition(FieldRule? Rule, uint DataType);

/// <summary>The metrics of one birth. Never changed once it is in use, so that a checkpoint keeps it without a copy.</summary>
internal sealed class SparkplugDefinitions
{
    internal static readonly SparkplugDefinitions None = new();

    internal Dictionary<ulong, (string Name, SparkplugDefinition Definition)> ByAlias { get; } = [];

    internal Dictionary<string, SparkplugDefinition> ByName { get; } = new(StringComparer.Ordinal);
}

/// <summary>What is remembered of one node or device between birth and death.</summary>
internal sealed class SparkplugBirth
{
    internal SparkplugDefinitions Metrics { get; set; } = SparkplugDefinitions.None;

    /// <summary>What a fleet's binding calls it.</summary>
    internal required string Key { get; init; }

    internal bool IsAlive { get; set; }

    /// <summary>Whether it ended with its node's death: that message may be decoded again when the road was busy, and must then say the same.</summary>
    internal bool DiedWithNode { get; set; }
}

/// <summary>One edge node: its births, its devices and the number of its last message. Whoever uses it holds <see cref="Gate"/>.</summary>
internal sealed class SparkplugNode(string key)
{
    /// <summary>How long the platform waits before it asks the same node again for its births.</summary>
    internal static readonly TimeSpan RebirthPause = TimeSpan.FromSeconds(10);

    internal Lock Gate { get; } = new();

    internal SparkplugBirth Birth { get; } = new() { Key = key };

    internal Dictionary<string, SparkplugBirth> Devices { get; } = new(StringComparer.Ordinal);

    internal ulong? BirthDeathSequence { get; set; }

    /// <summary>Number of the last message, 0 to 255; -1 before the first.</summary>
    internal int LastSequence { get; set; } = -1;

    /// <summary>When it was asked for its births last.</summary>
    internal Instant AskedAt { get; set; } = Instant.MinValue;

    /// <summary>Takes the number of a message. False when one before it is missing. The same number again is the same message, decoded once more.</summary>
    internal bool TakeSequence(in SparkplugHeader header)
    {
        if (!header.HasSequence)
        {
            return true;
        }

        bool follows = LastSequence < 0 || (int)header.Sequence == LastSequence || (int)header.Sequence == ((LastSequence + 1) & 0xFF);
        LastSequence = (int)(header.Sequence & 0xFF);
        return follows;
    }

    /// <summary>Whether the node may be asked for its births now; the answer yes counts as asked.</summary>
    internal bool MayAsk(Instant now)
    {
        if (AskedAt != Instant.MinValue && now >= AskedAt && now - AskedAt < RebirthPause)
        {
            return false;
        }

        AskedAt = now;
        return true;
    }
}
