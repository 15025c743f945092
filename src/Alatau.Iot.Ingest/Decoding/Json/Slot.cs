namespace Alatau.Iot.Ingest.Decoding.Json;

/// <summary>What the walk through a document found for one place of a shape.</summary>
internal enum SlotKind : byte
{
    Missing,

    /// <summary>A number in <see cref="Slot.Number"/>, possibly not finite.</summary>
    Number,

    True,
    False,
    Null,

    /// <summary>A text: its bytes between the quotes are at <see cref="Slot.Start"/>.</summary>
    Text,

    /// <summary>An object or array where a value was expected.</summary>
    Nested,
}

/// <summary>One place: what kind of value, and the value.</summary>
internal struct Slot
{
    public double Number;
    public int Start;
    public int Length;
    public SlotKind Kind;

    /// <summary>Whether a text has escapes.</summary>
    public bool Escaped;
}
