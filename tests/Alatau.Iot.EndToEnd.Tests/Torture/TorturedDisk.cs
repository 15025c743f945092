using Alatau.Iot.Testing.Peers;

namespace Alatau.Iot.EndToEnd.Tests.Torture;

/// <summary>The data folder on a small disk of its own that can be filled, where this machine lets us mount one.</summary>
internal sealed class TorturedDisk : IAsyncDisposable
{
    private const int Mebibytes = 384;

    private readonly string _root;
    private readonly bool _isMounted;

    private TorturedDisk(string root, bool isMounted, string? why) => (_root, _isMounted, WhyNot) = (root, isMounted, why);

    public string DataFolder => Path.Combine(_root, "data");

    /// <summary>Null when the disk can be filled, else why not.</summary>
    public string? WhyNot { get; }

    public static async Task<TorturedDisk> MakeAsync()
    {
        string root = Directory.CreateTempSubdirectory("alatau-torture-").FullName;
        string? why = Environment.IsPrivilegedProcess ? null : "only root may mount a disk of its own";
        if (why is null)
        {
            await using var mount = ProcessPeer.Start("mount", ["-t", "tmpfs", "-o", FormattableString.Invariant($"size={Mebibytes}m"), "alatau-torture", root]);
            why = await mount.WaitForExitAsync() == 0 ? null : "mount failed: " + mount.Output.Trim();
        }

        Directory.CreateDirectory(Path.Combine(root, "data"));
        return new TorturedDisk(root, why is null, why);
    }

    /// <summary>Takes the last byte.</summary>
    public void Fill()
    {
        byte[] block = new byte[1 << 20];
        using var filler = new FileStream(Filler, FileMode.Create, FileAccess.Write, FileShare.Read, 0);
        for (int size = block.Length; size >= 4096;)
        {
            try
            {
                filler.Write(block, 0, size);
            }
            catch (IOException)
            {
                size /= 16;
            }
        }
    }

    public void Free() => File.Delete(Filler);

    public async ValueTask DisposeAsync()
    {
        if (_isMounted)
        {
            await using var umount = ProcessPeer.Start("umount", ["-l", _root]);
            await umount.WaitForExitAsync();
        }

        Directory.Delete(_root, recursive: true);
    }

    private string Filler => Path.Combine(_root, "filler");
}
