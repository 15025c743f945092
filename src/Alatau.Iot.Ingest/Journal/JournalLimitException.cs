namespace Alatau.Iot.Ingest.Journal;

/// <summary>The journal's own disk limit is reached.</summary>
internal sealed class JournalLimitException(string message) : IOException(message);
