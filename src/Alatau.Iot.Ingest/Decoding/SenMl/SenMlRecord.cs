namespace Alatau.Iot.Ingest.Decoding.SenMl;

/// <summary>Kind of a record's value.</summary>
internal enum SenMlValue : byte
{
    /// <summary>None, or one that is no reading (data, sum).</summary>
    None,
    Number,
    True,
    False,
    Text,
}

/// <summary>One record as it stands in the pack, unresolved (RFC 8428 clause 4.2), and the base fields in force (clause 4.1).</summary>
internal ref struct SenMlRecord
{
    public ReadOnlySpan<byte> BaseName;
    public ReadOnlySpan<byte> BaseUnit;
    public double BaseTime;
    public double BaseValue;
    public ReadOnlySpan<byte> Name;
    public ReadOnlySpan<byte> Unit;
    public double Time;
    public double Number;
    public int TextStart;
    public int TextLength;
    public SenMlValue Value;

    /// <summary>Whether names are texts of JSON, so that a backslash in them is an escape.</summary>
    public bool HasEscapes;

    /// <summary>Empties all but the base fields.</summary>
    public void Next()
    {
        Name = default;
        Unit = default;
        (Time, Number, Value) = (0, 0, SenMlValue.None);
    }
}
