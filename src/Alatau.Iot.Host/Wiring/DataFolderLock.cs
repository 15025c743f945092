namespace Alatau.Iot.Host.Wiring;

/// <summary>Keeps a second process out of a data folder. The system lets go of it when the process ends, however it ends.</summary>
internal sealed class DataFolderLock : IDisposable
{
    // EAGAIN of Linux, and what Windows calls a sharing violation; a full disk is none of them.
    private const int WouldBlock = 11;
    private const int SharingViolation = unchecked((int)0x80070020);

    private readonly FileStream _file;

    private DataFolderLock(FileStream file) => _file = file;

    /// <exception cref="IOException">Another process has it.</exception>
    public static DataFolderLock Take(string dataFolder)
    {
        Directory.CreateDirectory(dataFolder);
        try
        {
            return new DataFolderLock(new FileStream(Path.Combine(dataFolder, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException e) when (e.HResult is WouldBlock or SharingViolation)
        {
            throw new IOException($"The data folder {dataFolder} is in use by a running platform. Stop that one, ask it over its API with --url, or name another folder with --data.", e);
        }
    }

    public void Dispose() => _file.Dispose();
}
