using System.Globalization;

namespace Alatau.Iot.Ingest.Journal;

/// <summary>One file of the journal. Its mutable parts are guarded by the catalog that holds it.</summary>
internal sealed class Segment(string path, SegmentHeader header)
{
    public const string Extension = ".jrn";

    public string Path { get; } = path;

    public SegmentHeader Header { get; } = header;

    public long First => Header.First;

    /// <summary>Position of the last record; <see cref="First"/> − 1 while there is none.</summary>
    public long Last { get; set; } = header.First - 1;

    /// <summary>Where the records end, in bytes from the file's start.</summary>
    public long End { get; set; } = header.DataOffset;

    /// <summary>Size of the file.</summary>
    public long FileBytes { get; set; }

    /// <summary>The file of the segment that begins with that record: names sort as positions do.</summary>
    public static string PathOf(string folder, long first) =>
        System.IO.Path.Combine(folder, first.ToString("D19", CultureInfo.InvariantCulture) + Extension);
}

/// <summary>What a reader may read of a segment at one moment.</summary>
internal readonly record struct SegmentExtent(Segment Segment, long Last, long End, bool IsNewest);
