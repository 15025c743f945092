using Alatau.Iot.Ingest.Decoding.Fields;
using Alatau.Iot.Ingest.Decoding.Profiles;

namespace Alatau.Iot.Ingest.Decoding.Json;

/// <summary>How a time is written.</summary>
internal enum TimeFormat : byte
{
    /// <summary>Seconds since 1970, a fraction allowed.</summary>
    UnixSeconds,

    /// <summary>Milliseconds since 1970.</summary>
    UnixMilliseconds,

    /// <summary>RFC 3339 with Z or an offset, any number of fraction digits.</summary>
    Rfc3339,

    /// <summary>As RFC 3339, but an offset may be missing: then it is the profile's zone, else the site's.</summary>
    Local,

    /// <summary>A number is milliseconds, a text RFC 3339.</summary>
    Auto,
}

/// <summary>Where the time of measurement stands.</summary>
internal sealed record JsonTimeField(int Slot, string Path, TimeFormat Format, bool Required);

/// <summary>What a document must hold to be of the shape.</summary>
/// <param name="Slot">The place asked.</param>
/// <param name="Path">As written.</param>
/// <param name="AnyOf">Texts of which it must be one; empty asks only whether it exists.</param>
/// <param name="Exists">When <paramref name="AnyOf"/> is empty: whether it must exist or be absent.</param>
internal sealed record JsonCondition(int Slot, string Path, byte[][] AnyOf, bool Exists)
{
    internal bool Holds(in Slot slot, ReadOnlySpan<byte> payload)
    {
        if (AnyOf.Length == 0)
        {
            return slot.Kind != SlotKind.Missing == Exists;
        }

        if (slot.Kind == SlotKind.Text)
        {
            foreach (byte[] text in AnyOf)
            {
                if (payload.Slice(slot.Start, slot.Length).SequenceEqual(text))
                {
                    return true;
                }
            }
        }

        return false;
    }
}

/// <summary>One field: where it stands and what becomes of it.</summary>
/// <param name="Slot">Place of the value.</param>
/// <param name="ParentSlot">Place that notes whether the object around it is there; used by defaults.</param>
/// <param name="Rule">What becomes of it.</param>
/// <param name="UnitFrom">Where the payload names its unit; null when the profile does.</param>
internal sealed record JsonField(int Slot, int ParentSlot, FieldRule Rule, UnitSource? UnitFrom);

/// <summary>Documents with mapped fields.</summary>
internal sealed record JsonShape(
    JsonPlace Root,
    int SlotCount,
    JsonField[] Fields,
    JsonTimeField? Time,
    int SequenceSlot,
    JsonCondition? When,
    bool IgnoresUnmapped) : MessageShape
{
    internal override bool MayShareTopic => true;
}
