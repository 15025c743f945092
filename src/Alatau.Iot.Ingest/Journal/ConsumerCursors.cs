using System.Text.Json;

namespace Alatau.Iot.Ingest.Journal;

/// <summary>How far each consumer has come, and where the journal ended, kept in <c>cursors.json</c>. Any thread.</summary>
/// <remarks>
/// The file may be older than the memory after a crash, never newer: a consumer that asks gets a position it has passed, and reads some records twice.
/// It is replaced as a whole: written beside, synced, renamed.
/// </remarks>
internal sealed class ConsumerCursors
{
    public const string FileName = "cursors.json";

    private readonly string _folder;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, long> _positions;
    private bool _changed;

    private ConsumerCursors(string folder, Dictionary<string, long> positions, long end)
    {
        _folder = folder;
        _positions = positions;
        End = end;
    }

    /// <summary>Where the journal ended when the file was last written.</summary>
    public long End { get; }

    /// <summary>The position that every consumer has reached; 0 when there is no consumer, so that nothing is deleted.</summary>
    public long Minimum
    {
        get
        {
            lock (_gate)
            {
                return _positions.Count == 0 ? 0 : _positions.Values.Min();
            }
        }
    }

    /// <summary>The position of the consumer that is farthest; 0 when there is none.</summary>
    public long Maximum
    {
        get
        {
            lock (_gate)
            {
                return _positions.Count == 0 ? 0 : _positions.Values.Max();
            }
        }
    }

    /// <summary>Reads the file; one that can't be read is set aside and reported, and every consumer begins with the oldest record.</summary>
    public static ConsumerCursors Load(string folder, Action<string> onUnreadable)
    {
        string path = Path.Combine(folder, FileName);
        if (File.Exists(path))
        {
            try
            {
                using var document = JsonDocument.Parse(File.ReadAllBytes(path));
                var positions = document.RootElement.GetProperty("consumers").EnumerateObject().ToDictionary(consumer => consumer.Name, consumer => consumer.Value.GetInt64(), StringComparer.Ordinal);
                return new ConsumerCursors(folder, positions, document.RootElement.GetProperty("end").GetInt64());
            }
            catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
            {
                string aside = path + ".damaged";
                File.Move(path, aside, overwrite: true);
                onUnreadable(aside);
            }
        }

        return new ConsumerCursors(folder, new Dictionary<string, long>(StringComparer.Ordinal), 0);
    }

    /// <summary>How far the consumer has come; one that is not known is noted at 0, and nothing is deleted before it has read it.</summary>
    public long Open(string consumer)
    {
        lock (_gate)
        {
            if (!_positions.TryGetValue(consumer, out long position))
            {
                _positions.Add(consumer, 0);
                _changed = true;
            }

            return position;
        }
    }

    /// <summary>Moves the consumer forward; a position behind its own changes nothing.</summary>
    public void Release(string consumer, long position)
    {
        lock (_gate)
        {
            if (!_positions.TryGetValue(consumer, out long present) || position > present)
            {
                _positions[consumer] = position;
                _changed = true;
            }
        }
    }

    /// <summary>Has the file written at the next <see cref="Save"/> though no cursor has moved.</summary>
    public void Touch()
    {
        lock (_gate)
        {
            _changed = true;
        }
    }

    public bool Remove(string consumer)
    {
        lock (_gate)
        {
            bool removed = _positions.Remove(consumer);
            _changed |= removed;
            return removed;
        }
    }

    public Dictionary<string, long> Snapshot()
    {
        lock (_gate)
        {
            return new Dictionary<string, long>(_positions, StringComparer.Ordinal);
        }
    }

    /// <summary>Writes the file when something changed. One thread.</summary>
    public void Save(IJournalDisk disk, long end)
    {
        Dictionary<string, long> positions;
        lock (_gate)
        {
            if (!_changed)
            {
                return;
            }

            positions = new Dictionary<string, long>(_positions, StringComparer.Ordinal);
            _changed = false;
        }

        string path = Path.Combine(_folder, FileName);
        string beside = path + ".tmp";
        try
        {
            using (var file = File.OpenHandle(beside, FileMode.Create, FileAccess.Write))
            {
                var content = new Dictionary<string, object>(StringComparer.Ordinal) { ["version"] = 1, ["end"] = end, ["consumers"] = positions };
                RandomAccess.Write(file, JsonSerializer.SerializeToUtf8Bytes(content), 0);
                RandomAccess.FlushToDisk(file);
            }

            File.Move(beside, path, overwrite: true);
            disk.SyncFolder(_folder);
        }
        catch
        {
            lock (_gate)
            {
                _changed = true;
            }

            throw;
        }
    }
}
