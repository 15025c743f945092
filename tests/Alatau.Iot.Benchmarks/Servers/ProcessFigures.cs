using System.Globalization;

namespace Alatau.Iot.Benchmarks.Servers;

/// <summary>What the kernel says of a process, from <c>/proc/PID/stat</c> and <c>/proc/PID/status</c> (proc(5)).</summary>
/// <param name="CpuSeconds">User and system time since its start; resolution 10 ms.</param>
/// <param name="ResidentBytes">VmRSS.</param>
/// <param name="HighWaterBytes">VmHWM, the most it ever had resident.</param>
internal sealed record ProcessFigures(double CpuSeconds, long ResidentBytes, long HighWaterBytes)
{
    /// <summary>USER_HZ: fixed at 100 on every Linux architecture .NET runs on.</summary>
    private const double TicksPerSecond = 100;

    public static ProcessFigures Of(int processId)
    {
        string stat = File.ReadAllText($"/proc/{processId.ToString(CultureInfo.InvariantCulture)}/stat");

        // The program's name stands in parentheses and may hold anything; fields are counted behind it. utime is field 14, stime 15.
        string[] fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        double ticks = Number(fields[11]) + Number(fields[12]);
        long resident = 0;
        long highWater = 0;
        foreach (string line in File.ReadLines($"/proc/{processId.ToString(CultureInfo.InvariantCulture)}/status"))
        {
            if (line.StartsWith("VmRSS:", StringComparison.Ordinal))
            {
                resident = Kibibytes(line);
            }
            else if (line.StartsWith("VmHWM:", StringComparison.Ordinal))
            {
                highWater = Kibibytes(line);
            }
        }

        return new ProcessFigures(ticks / TicksPerSecond, resident, highWater);
    }

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);

    private static long Kibibytes(string line) => 1024 * Number(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]);
}
