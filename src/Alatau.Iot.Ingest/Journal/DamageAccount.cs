using Microsoft.Extensions.Logging;

namespace Alatau.Iot.Ingest.Journal;

/// <summary>Counts and reports what could not be read, each place once. Any thread.</summary>
internal sealed partial class DamageAccount(ILogger log)
{
    private readonly Lock _gate = new();
    private readonly HashSet<(string, long)> _known = [];

    public long TornTails { get; private set; }

    public long TornBytes { get; private set; }

    public long Regions { get; private set; }

    public long Bytes { get; private set; }

    public long Lost { get; private set; }

    /// <summary>A record at the journal's end was cut short.</summary>
    public void AddTorn(string path, long offset, long bytes)
    {
        TornTails++;
        TornBytes += bytes;
        LogTorn(log, path, offset, bytes);
    }

    public void Add(Damage damage)
    {
        lock (_gate)
        {
            if (!_known.Add((damage.Path, damage.Offset)))
            {
                return;
            }

            Regions++;
            Bytes += damage.Bytes;
            Lost += damage.Lost;
        }

        LogDamage(log, damage.Path, damage.Bytes, damage.Offset, damage.Lost, damage.LostFirst);
    }

    [LoggerMessage(1, LogLevel.Warning, "{Path}: {Bytes} bytes at {Offset} were cut off: records that were being written when the process or the machine stopped. None of them was acknowledged.")]
    private static partial void LogTorn(ILogger log, string path, long offset, long bytes);

    [LoggerMessage(2, LogLevel.Error, "{Path}: {Bytes} bytes at {Offset} are damaged; {Lost} records from position {First} on can't be read. The rest is. Check the disk.")]
    private static partial void LogDamage(ILogger log, string path, long bytes, long offset, long lost, long first);
}
