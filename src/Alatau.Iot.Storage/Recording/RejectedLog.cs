using System.Text.Json;
using Alatau.Iot.Core.History;
using Alatau.Iot.Core.Time;

namespace Alatau.Iot.Storage.Recording;

/// <summary>Rows the store refused for good, one JSON object a line with the store's own words. Bounded: at its length the file moves aside and replaces the one before.</summary>
internal sealed class RejectedLog(string path, long maximumBytes)
{
    private readonly Lock _gate = new();

    /// <summary>Rows that could not be written here either, the disk being full or gone; they were counted as rejected before.</summary>
    internal long Lost { get; private set; }

    internal string Path => path;

    internal void Add(Instant at, IReadOnlyList<RejectedRow> rows)
    {
        lock (_gate)
        {
            try
            {
                Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
                if (File.Exists(path) && new FileInfo(path).Length >= maximumBytes)
                {
                    File.Move(path, path + ".1", overwrite: true);
                }

                using var file = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.Read, 64 * 1024);
                foreach (var row in rows)
                {
                    JsonSerializer.Serialize(file, new Entry(at.ToString(), row.Reason, row.Line), JsonSerializerOptions.Web);
                    file.WriteByte((byte)'\n');
                }
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                Lost += rows.Count;
            }
        }
    }

    private sealed record Entry(string At, string Reason, string Row);
}
