using System.Globalization;

namespace Alatau.Iot.EndToEnd.Tests;

/// <summary>A time the product promises, for a machine that has nothing else to do; on a busier one it has as many times as long as there are programs waiting for each core.</summary>
internal static class Promise
{
    public static TimeSpan Here(TimeSpan promised)
    {
        double load = double.Parse(File.ReadAllText("/proc/loadavg").Split(' ')[0], CultureInfo.InvariantCulture);
        return promised * Math.Max(1, load / Environment.ProcessorCount);
    }
}
