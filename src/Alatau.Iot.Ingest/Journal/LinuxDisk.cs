using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace Alatau.Iot.Ingest.Journal;

/// <summary>Direct writes beside the page cache where the file system has them, space taken beforehand, fdatasync.</summary>
[SupportedOSPlatform("linux")]
internal sealed partial class LinuxDisk : IJournalDisk
{
    private const int ReadWrite = 0x2;
    private const int CreateFlag = 0x40;
    private const int Exclusive = 0x80;
    private const int CloseOnExec = 0x80000;
    private const int SetFlags = 4;
    private const int Interrupted = 4;
    private const int Invalid = 22;
    private const int NotSupported = 95;
    private const int OwnerAndGroup = 0b110_100_000;

    /// <summary>O_DIRECT is one of the few constants that differ between processors; 0 where it isn't known.</summary>
    private static readonly int Direct = RuntimeInformation.ProcessArchitecture switch
    {
        Architecture.X64 => 0x4000,
        Architecture.Arm64 => 0x10000,
        _ => 0,
    };

    public SafeFileHandle Create(string path, long bytes)
    {
        int descriptor = Open(path, ReadWrite | CreateFlag | Exclusive | CloseOnExec | Direct, OwnerAndGroup);
        if (descriptor < 0 && Direct != 0 && Marshal.GetLastPInvokeError() == Invalid)
        {
            // A file system without direct writes may have made the name before it refused.
            File.Delete(path);
            descriptor = Open(path, ReadWrite | CreateFlag | Exclusive | CloseOnExec, OwnerAndGroup);
        }

        if (descriptor < 0)
        {
            throw Failure("create", path);
        }

        var file = new SafeFileHandle(descriptor, ownsHandle: true);
        try
        {
            while (Allocate(file, 0, 0, bytes) != 0)
            {
                switch (Marshal.GetLastPInvokeError())
                {
                    case Interrupted:
                        continue;
                    case NotSupported:
                        RandomAccess.SetLength(file, bytes);
                        return file;
                    default:
                        throw Failure("take space for", path);
                }
            }

            return file;
        }
        catch
        {
            file.Dispose();
            File.Delete(path);
            throw;
        }
    }

    public unsafe void Write(SafeFileHandle file, ReadOnlySpan<byte> bytes, long offset)
    {
        while (!bytes.IsEmpty)
        {
            nint written;
            fixed (byte* start = bytes)
            {
                written = PositionedWrite(file, start, bytes.Length, offset);
            }

            if (written > 0)
            {
                bytes = bytes[(int)written..];
                offset += written;
                continue;
            }

            int error = Marshal.GetLastPInvokeError();
            bool again = error == Interrupted || (error == Invalid && Control(file, SetFlags, ReadWrite) == 0);
            if (written == 0 || !again)
            {
                throw Failure("write", "a segment");
            }
        }
    }

    public void Sync(SafeFileHandle file)
    {
        while (DataSync(file) != 0)
        {
            if (Marshal.GetLastPInvokeError() != Interrupted)
            {
                throw Failure("sync", "a segment");
            }
        }
    }

    public void SyncFolder(string folder)
    {
        int descriptor = Open(folder, CloseOnExec, 0);
        if (descriptor < 0)
        {
            throw Failure("open", folder);
        }

        using var handle = new SafeFileHandle(descriptor, ownsHandle: true);
        Sync(handle);
    }

    private static IOException Failure(string action, string target)
    {
        int error = Marshal.GetLastPInvokeError();
        return new IOException($"can't {action} {target}: {Marshal.GetPInvokeErrorMessage(error)}", error);
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags, int mode);

    [LibraryImport("libc", EntryPoint = "fallocate", SetLastError = true)]
    private static partial int Allocate(SafeFileHandle file, int mode, long offset, long length);

    [LibraryImport("libc", EntryPoint = "pwrite", SetLastError = true)]
    private static unsafe partial nint PositionedWrite(SafeFileHandle file, byte* bytes, nint count, long offset);

    [LibraryImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    private static partial int DataSync(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static partial int Control(SafeFileHandle file, int command, int argument);
}
