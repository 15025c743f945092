using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Alatau.Iot.Storage;

/// <summary>Puts the entries of a folder on disk: a file that was made, renamed or deleted is so after a loss of power, too.</summary>
public static partial class FolderSync
{
    private const int CloseOnExec = 0x80000;

    /// <summary>Does nothing where the system has no such call (Windows journals names by itself).</summary>
    /// <exception cref="IOException">The disk fails.</exception>
    public static void Flush(string folder)
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        int descriptor = Open(folder, CloseOnExec);
        if (descriptor < 0)
        {
            throw Failure(folder);
        }

        using var handle = new SafeFileHandle(descriptor, ownsHandle: true);
        if (Sync(handle) != 0)
        {
            throw Failure(folder);
        }
    }

    private static IOException Failure(string folder) => new($"'{folder}' can't be put on disk: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Sync(SafeFileHandle file);
}
