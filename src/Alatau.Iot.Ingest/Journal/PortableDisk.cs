using Microsoft.Win32.SafeHandles;

namespace Alatau.Iot.Ingest.Journal;

/// <summary>The same by what .NET offers everywhere: through the page cache, with a full flush.</summary>
internal sealed class PortableDisk : IJournalDisk
{
    public SafeFileHandle Create(string path, long bytes)
    {
        var file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete, FileOptions.None, bytes);
        RandomAccess.SetLength(file, bytes);
        return file;
    }

    public void Write(SafeFileHandle file, ReadOnlySpan<byte> bytes, long offset) => RandomAccess.Write(file, bytes, offset);

    public void Sync(SafeFileHandle file) => RandomAccess.FlushToDisk(file);

    public void SyncFolder(string folder)
    {
        // NTFS and APFS journal names; there is no call for it.
    }
}
