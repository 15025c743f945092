using Alatau.Iot.Ingest.Journal;
using Microsoft.Win32.SafeHandles;

namespace Alatau.Iot.Ingest.Tests.Journal;

/// <summary>A disk that fails when told. A failed sync does what kernels do: what was written since the last success is gone, and the next sync says success.</summary>
internal sealed class ScriptedDisk : IJournalDisk
{
    private readonly PortableDisk _inner = new();
    private readonly List<(SafeFileHandle File, long Offset, byte[] Before)> _unsynced = [];

    /// <summary>Called before each write, and before each sync of a segment; it throws to fail, or blocks.</summary>
    public Action OnWrite { get; set; } = () => { };

    public Action OnSync { get; set; } = () => { };

    public SafeFileHandle Create(string path, long bytes) => _inner.Create(path, bytes);

    public void Write(SafeFileHandle file, ReadOnlySpan<byte> bytes, long offset)
    {
        Assert.Equal(0, offset % SegmentHeader.Block);
        Assert.Equal(0, bytes.Length % SegmentHeader.Block);
        OnWrite();
        byte[] before = new byte[bytes.Length];
        RandomAccess.Read(file, before, offset);
        _unsynced.Add((file, offset, before));
        _inner.Write(file, bytes, offset);
    }

    public void Sync(SafeFileHandle file)
    {
        try
        {
            OnSync();
            _unsynced.Clear();
        }
        catch
        {
            for (int i = _unsynced.Count - 1; i >= 0; i--)
            {
                if (_unsynced[i].File.IsClosed)
                {
                    continue;
                }

                RandomAccess.Write(_unsynced[i].File, _unsynced[i].Before, _unsynced[i].Offset);
            }

            _unsynced.Clear();
            throw;
        }
    }

    public void SyncFolder(string folder) => _inner.SyncFolder(folder);
}
