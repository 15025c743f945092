namespace Alatau.Iot.Storage.Influx;

/// <summary>What the database made of a request's lines.</summary>
internal enum InfluxWriteVerdict
{
    /// <summary>All are stored.</summary>
    Stored,

    /// <summary>The good ones are stored, at least one was refused.</summary>
    SomeRefused,

    /// <summary>At least one is wrong, and none may be assumed stored.</summary>
    Refused,

    /// <summary>The body is longer than the database takes.</summary>
    TooLarge,
}

/// <param name="Verdict">What became of the lines.</param>
/// <param name="Words">The database's own; empty when all are stored.</param>
/// <param name="Dropped">Lines it says it dropped; 0 when it doesn't say.</param>
internal readonly record struct InfluxWriteAnswer(InfluxWriteVerdict Verdict, string Words, int Dropped);
