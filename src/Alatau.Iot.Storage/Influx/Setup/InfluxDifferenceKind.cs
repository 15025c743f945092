namespace Alatau.Iot.Storage.Influx.Setup;

/// <summary>What mending a difference means.</summary>
internal enum InfluxDifferenceKind
{
    /// <summary>Nothing is lost by it.</summary>
    Harmless,

    /// <summary>History older than the shorter retention is deleted by it: done only when asked for.</summary>
    Deletes,

    /// <summary>Only a person can do it.</summary>
    NeedsPerson,
}
