using Microsoft.Win32.SafeHandles;

namespace Alatau.Iot.Ingest.Journal;

/// <summary>What the journal asks of the operating system. Every member throws <see cref="IOException"/> when the disk is full or failing.</summary>
/// <remarks>Called by one thread for one file; the tests have one that fails on demand.</remarks>
internal interface IJournalDisk
{
    /// <summary>Creates a file of that size whose space is taken and whose bytes are zero.</summary>
    SafeFileHandle Create(string path, long bytes);

    /// <summary>Writes all bytes; offset, length and memory are multiples of <see cref="SegmentHeader.Block"/>.</summary>
    void Write(SafeFileHandle file, ReadOnlySpan<byte> bytes, long offset);

    /// <summary>Returns when everything written to the file is on the disk. After a failure nothing that was written since the last success may be relied on.</summary>
    void Sync(SafeFileHandle file);

    /// <summary>Returns when created, renamed and deleted names are on the disk.</summary>
    void SyncFolder(string folder);
}

internal static class JournalDisks
{
    private const int NoSpace = 28;
    private const int QuotaExceeded = 122;
    private const int WindowsDiskFull = unchecked((int)0x80070070);

    /// <summary>The disk of this operating system.</summary>
    public static IJournalDisk Native => OperatingSystem.IsLinux() ? new LinuxDisk() : new PortableDisk();

    public static bool IsDiskFull(Exception error) => error is IOException && error.HResult is NoSpace or QuotaExceeded or WindowsDiskFull;
}
