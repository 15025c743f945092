using System.Runtime.InteropServices;

namespace Alatau.Iot.Ingest.Journal;

/// <summary>Pauses of less than a millisecond, which no wait of .NET can do.</summary>
internal static partial class Nap
{
    /// <summary>Lets the thread rest; a signal may end it early. Where there is no such call, a millisecond.</summary>
    public static void Take(TimeSpan time)
    {
        if (OperatingSystem.IsLinux())
        {
            long nanoseconds = time.Ticks * TimeSpan.NanosecondsPerTick;
            var request = new Timespec((nint)(nanoseconds / 1_000_000_000), (nint)(nanoseconds % 1_000_000_000));
            _ = Sleep(in request, 0);
        }
        else
        {
            Thread.CurrentThread.Join(1);
        }
    }

    [LibraryImport("libc", EntryPoint = "nanosleep")]
    private static partial int Sleep(in Timespec request, nint remaining);

    private readonly record struct Timespec(nint Seconds, nint Nanoseconds);
}
