namespace Alatau.Iot.Storage.Outbox;

/// <summary>Why rows lie in the outbox.</summary>
internal enum RecordKind : byte
{
    /// <summary>The store hasn't got them.</summary>
    Spilled = 0,

    /// <summary>Revised windows that are written live, too: behind older revisions that still wait, so that the highest comes last whatever happens.</summary>
    Copied = 1,
}
