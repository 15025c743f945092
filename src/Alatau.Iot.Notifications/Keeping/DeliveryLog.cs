using System.Text.Json;
using Alatau.Iot.Notifications.Dispatching;

namespace Alatau.Iot.Notifications.Keeping;

/// <summary>What waits for targets, and what became of it, on disk: one line of JSON for each change, the latest of a number counts.</summary>
/// <remarks>A line that was cut by a kill, or damaged, is passed over and counted; it costs at most a repetition, which the target knows by the notification's key. One thread writes.</remarks>
internal sealed class DeliveryLog : IDisposable
{
    private readonly string _path;
    private readonly long _longest;
    private FileStream? _file;
    private long _written;

    /// <param name="path">The file; made when absent.</param>
    /// <param name="longestBytes">Written anew when it has grown past it.</param>
    public DeliveryLog(string path, long longestBytes) => (_path, _longest) = (path, longestBytes);

    public bool IsLong => _written > _longest;

    /// <summary>Reads what was kept.</summary>
    /// <param name="damaged">Lines that could not be read.</param>
    /// <exception cref="IOException">The file can't be read.</exception>
    public IReadOnlyList<Delivery> Load(out int damaged)
    {
        var found = new SortedDictionary<long, Delivery>();
        damaged = 0;
        if (!File.Exists(_path))
        {
            return [];
        }

        foreach (string line in File.ReadLines(_path))
        {
            var kept = Read(line);
            if (kept is null || (kept.Notification is null && !found.ContainsKey(kept.Number)))
            {
                damaged++;
            }
            else if (kept.Notification is null)
            {
                kept.Onto(found[kept.Number]);
            }
            else if (kept.Whole() is { } whole)
            {
                found[kept.Number] = whole;
            }
            else
            {
                damaged++;
            }
        }

        return [.. found.Values];
    }

    /// <summary>Appends lines and waits until they are on disk.</summary>
    /// <exception cref="IOException">The disk refuses.</exception>
    public void Append(IReadOnlyCollection<KeptDelivery> records)
    {
        _file ??= OpenToAppend();
        using var buffer = new MemoryStream();
        foreach (var record in records)
        {
            JsonSerializer.Serialize(buffer, record, KeptJson.Default.KeptDelivery);
            buffer.WriteByte((byte)'\n');
        }

        _file.Write(buffer.GetBuffer().AsSpan(0, (int)buffer.Length));
        _file.Flush(flushToDisk: true);
        _written += buffer.Length;
    }

    /// <summary>Writes the file anew with these alone.</summary>
    /// <exception cref="IOException">The disk refuses; the old file stands.</exception>
    public void Rewrite(IEnumerable<Delivery> deliveries)
    {
        _file?.Dispose();
        _file = null;
        using var buffer = new MemoryStream();
        foreach (var delivery in deliveries)
        {
            JsonSerializer.Serialize(buffer, KeptDelivery.Of(delivery, isWhole: true), KeptJson.Default.KeptDelivery);
            buffer.WriteByte((byte)'\n');
        }

        KeptFile.Write(_path, buffer.GetBuffer().AsSpan(0, (int)buffer.Length));
        _written = 0;
    }

    public void Dispose() => _file?.Dispose();

    private static KeptDelivery? Read(string line)
    {
        try
        {
            return JsonSerializer.Deserialize(line, KeptJson.Default.KeptDelivery);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>After a cut line a new one is begun.</summary>
    private FileStream OpenToAppend()
    {
        var file = KeptFile.Open(_path, FileMode.Append);
        file.Write("\n"u8);
        return file;
    }
}
