using Alatau.Iot.Benchmarks;
using Alatau.Iot.Benchmarks.Assets;
using Alatau.Iot.Benchmarks.Latency;
using Alatau.Iot.Benchmarks.Micro;
using Alatau.Iot.Benchmarks.Reporting;
using Alatau.Iot.Benchmarks.Road;

if (args is ["--help" or "-h", ..])
{
    Console.WriteLine(BenchOptions.Usage);
    return 0;
}

BenchOptions options;
try
{
    options = BenchOptions.Read(args);
}
catch (FormatException e)
{
    Console.Error.WriteLine(e.Message);
    return 2;
}

var report = new Report(options, Console.Out);
try
{
    if (options.Runs("road"))
    {
        await RoadBenchmark.RunAsync(options, report);
    }

    if (options.Runs("journal"))
    {
        await JournalBenchmark.RunAsync(options, report);
    }

    if (options.Runs("latency"))
    {
        await LatencyBenchmark.RunAsync(options, report);
    }

    if (options.Runs("alarms"))
    {
        await AlarmBenchmark.RunAsync(options, report);
    }

    if (options.Runs("deadlines"))
    {
        await DeadlinesBenchmark.RunAsync(options, report);
    }

    if (options.Runs("scale"))
    {
        await ScaleBenchmark.RunAsync(options, report);
    }

    if (options.Runs("memory"))
    {
        await MemoryBenchmark.RunAsync(options, report);
    }

    if (options.Runs("corrections"))
    {
        await CorrectionsBenchmark.RunAsync(options, report);
    }

    if (options.Runs("micro"))
    {
        await MicroBenchmark.RunAsync(options, report);
    }
}
catch (WrongResultException e)
{
    Console.Error.WriteLine($"WRONG: {e.Message}");
    return 1;
}

Console.WriteLine();
Console.WriteLine(report.Text);
if (options.IsWritten)
{
    Console.WriteLine($"written: {report.Write()}");
}

return 0;
