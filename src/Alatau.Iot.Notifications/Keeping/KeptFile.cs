namespace Alatau.Iot.Notifications.Keeping;

/// <summary>Writes a file so that a reader, or a restart after a kill, finds the old content or the new one, never a part.</summary>
internal static class KeptFile
{
    private const string Beside = ".new";

    /// <summary>Readable by its owner alone: what is kept here may hold secrets.</summary>
    /// <exception cref="IOException">The disk refuses; the old content stands.</exception>
    public static void Write(string path, ReadOnlySpan<byte> content)
    {
        try
        {
            using (var stream = Open(path + Beside, FileMode.Create))
            {
                stream.Write(content);
                stream.Flush(flushToDisk: true);
            }

            File.Move(path + Beside, path, overwrite: true);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new IOException(e.Message, e);
        }
    }

    /// <summary>Opens a file for its owner alone.</summary>
    public static FileStream Open(string path, FileMode mode)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.Write, Share = FileShare.Read, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return new FileStream(path, options);
    }
}
