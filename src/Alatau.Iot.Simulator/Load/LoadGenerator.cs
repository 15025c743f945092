namespace Alatau.Iot.Simulator.Load;

/// <summary>Puts a bounded, seeded load of native telemetry on a broker and says what was sent, so that the other side's sums can be checked.</summary>
public static class LoadGenerator
{
    /// <summary>Runs all publishers to the end, or until <paramref name="stop"/>.</summary>
    /// <exception cref="AggregateException">A publisher could not connect, or the broker closed on it.</exception>
    public static LoadResult Run(LoadOptions options, TimeProvider clock, CancellationToken stop)
    {
        var publishers = Enumerable.Range(0, options.Publishers).Select(i => new LoadPublisher(options, i, clock)).ToArray();
        using var start = new ManualResetEventSlim();
        using var ready = new CountdownEvent(publishers.Length);
        var failures = new List<Exception>();
        var threads = publishers.Select((publisher, i) => new Thread(() => Guard(publisher)) { IsBackground = true, Name = FormattableString.Invariant($"load-{i}") }).ToArray();
        foreach (var thread in threads)
        {
            thread.Start();
        }

        ready.Wait(stop);
        long began = clock.GetTimestamp();
        start.Set();
        foreach (var thread in threads)
        {
            thread.Join();
        }

        var elapsed = clock.GetElapsedTime(began);
        if (failures.Count > 0)
        {
            throw new AggregateException(failures);
        }

        var result = new LoadResult(
            publishers.Sum(p => p.Sent),
            publishers.Sum(p => p.Acknowledged),
            elapsed,
            publishers.Sum(p => p.Bytes),
            publishers.Sum(p => p.PowerTenths) / 10.0,
            publishers.Sum(p => p.FinalEnergy));
        foreach (var publisher in publishers)
        {
            publisher.Dispose();
        }

        return result;

        void Guard(LoadPublisher publisher)
        {
            try
            {
                publisher.Run(start, ready, stop);
            }
            catch (Exception e) when (e is IOException or System.Net.Sockets.SocketException or OperationCanceledException)
            {
                lock (failures)
                {
                    if (e is not OperationCanceledException)
                    {
                        failures.Add(e);
                    }
                }

                if (!start.IsSet)
                {
                    ready.Signal();
                }
            }
        }
    }
}
