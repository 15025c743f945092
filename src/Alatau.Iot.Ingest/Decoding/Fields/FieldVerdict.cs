namespace Alatau.Iot.Ingest.Decoding.Fields;

/// <summary>What a field makes of a value; a closed set.</summary>
internal enum FieldVerdict : byte
{
    /// <summary>A reading, good or bad.</summary>
    Reading,

    /// <summary>Nothing: the profile says that this value carries none.</summary>
    Nothing,

    /// <summary>A value of another type than the profile says.</summary>
    Wrong,
}

/// <summary>What null means in a field.</summary>
internal enum NullMeaning : byte
{
    /// <summary>The device has no valid value now: a bad reading. The default.</summary>
    Bad,

    /// <summary>The value is 0: an inverter at night.</summary>
    Zero,

    /// <summary>Nothing: a sensor that isn't fitted.</summary>
    Ignore,
}

/// <summary>What a text or nested value means that is no number, no known state and no word for absence.</summary>
internal enum OtherMeaning : byte
{
    /// <summary>The message goes to quarantine. The default.</summary>
    Refuse,

    /// <summary>A bad reading.</summary>
    Bad,

    /// <summary>Nothing.</summary>
    Ignore,
}
