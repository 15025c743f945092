using System.Globalization;

namespace Alatau.Iot.Ingest.Journal;

/// <summary>Finds at start what a journal's folder holds and where it ends.</summary>
/// <remarks>
/// The newest segment is read whole: its torn tail is cut, and what is left is synced before anyone may rely on it. Of the others the header is read; their records are checked when they are read.
/// A segment whose header is gone is renamed to <c>.damaged</c> and reported.
/// </remarks>
internal sealed class Recovery(string folder, IJournalDisk disk, DamageAccount damage)
{
    private const string Aside = ".damaged";

    public SegmentCatalog Catalog { get; } = new();

    /// <summary>Whether a file that said where the journal ends may be gone, so that the cursors' file has to.</summary>
    public bool HasSetAside { get; private set; }

    /// <summary>Position of the last record; 0 when there never was one. No position up to it is given out again.</summary>
    public long End { get; private set; }

    public void Run()
    {
        foreach (string left in Directory.GetFiles(folder, "*.tmp"))
        {
            File.Delete(left);
        }

        var found = Directory.GetFiles(folder, "*" + Segment.Extension)
            .Select(path => (Path: path, First: long.TryParse(Path.GetFileNameWithoutExtension(path), NumberStyles.None, CultureInfo.InvariantCulture, out long first) ? first : 0))
            .Where(file => file.First > 0)
            .OrderBy(file => file.First)
            .Select(file => (file.Path, file.First, Header: JournalFiles.ReadHeader(file.Path, file.First)))
            .ToList();
        for (int i = 0; i < found.Count; i++)
        {
            var (path, first, header) = found[i];
            long size = new FileInfo(path).Length;
            bool newest = i == found.Count - 1;
            long last = newest ? long.MaxValue : Math.Max(first - 1, Math.Min(found[i + 1].First - 1, found[i + 1].Header?.Previous ?? long.MaxValue));
            if (header is null)
            {
                SetAside(path);
                damage.Add(new Damage(path + Aside, 0, size, first, newest ? 0 : last - first + 1));
                // More records than that can't have been in it, so none of its positions comes back.
                End = newest ? first + (size / RecordFormat.HeaderBytes) : last;
                continue;
            }

            var segment = new Segment(path, header.Value) { Last = last, End = size, FileBytes = size };
            if (newest)
            {
                FindEnd(segment);
            }

            End = segment.Last;
            if (segment.Last < first)
            {
                // It was given its name with records in it. Its name must be free for the next one.
                SetAside(path);
                continue;
            }

            Catalog.Add(segment);
        }

        disk.SyncFolder(folder);
    }

    private void SetAside(string path)
    {
        File.Move(path, path + Aside, overwrite: true);
        HasSetAside = true;
    }

    private void FindEnd(Segment segment)
    {
        using (var scanner = new SegmentScanner(segment, damage.Add))
        {
            while (scanner.TryNext(segment.End, long.MaxValue, out _))
            {
                // Only the end is looked for.
            }

            if (scanner.TornBytes > 0)
            {
                damage.AddTorn(segment.Path, scanner.ValidEnd, scanner.TornBytes);
            }

            segment.Last = scanner.Expected - 1;
            segment.End = scanner.ValidEnd;
        }

        using var file = File.OpenHandle(segment.Path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        RandomAccess.SetLength(file, segment.End);
        disk.Sync(file);
        segment.FileBytes = segment.End;
    }
}
