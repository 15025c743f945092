using Alatau.Iot.Core.History;
using Alatau.Iot.Core.Time;
using Microsoft.Extensions.Logging;

namespace Alatau.Iot.Storage.Recording;

/// <summary>Tries again what the store failed to do, with a growing, jittered pause, and says so meanwhile. One caller at a time.</summary>
internal sealed class StorePatience(IHistoryStore store, RecordingOptions options, TimeProvider time, Random random, ILogger logger)
{
    private const int MostPatience = 10;

    private volatile StoreAbsence? _absence;
    private long _failures;

    internal StoreAbsence? Absence => _absence;

    internal long Failures => Interlocked.Read(ref _failures);

    /// <summary>Tries until it succeeds.</summary>
    /// <exception cref="OperationCanceledException">Stopped before.</exception>
    internal async Task<T> TryUntilDoneAsync<T>(Func<CancellationToken, ValueTask<T>> attempt, CancellationToken stop)
    {
        while (true)
        {
            var (isDone, result, pause) = await TryOnceAsync(attempt, stop);
            if (isDone)
            {
                return result!;
            }

            await Task.Delay(pause, time, stop);
        }
    }

    /// <summary>Tries once.</summary>
    /// <returns>Whether it succeeded; if not, how long to wait before the next try.</returns>
    internal async Task<(bool IsDone, T? Result, TimeSpan Pause)> TryOnceAsync<T>(Func<CancellationToken, ValueTask<T>> attempt, CancellationToken stop)
    {
        StoreException failure;
        try
        {
            var result = await attempt(stop);
            if (_absence is { } over)
            {
                _absence = null;
                RecorderLog.Returned(logger, store.Name, Instant.Now(time) - over.Since, over.Tries);
            }

            return (true, result, TimeSpan.Zero);
        }
        catch (StoreException exception)
        {
            failure = exception;
        }

        stop.ThrowIfCancellationRequested();
        Interlocked.Increment(ref _failures);
        var before = _absence;
        _absence = new StoreAbsence(before?.Since ?? Instant.Now(time), failure.Message, !failure.IsTransient, (before?.Tries ?? 0) + 1);
        if (before is null)
        {
            RecorderLog.Left(logger, store.Name, failure.Message);
        }

        return (false, default, PauseAfter(_absence.Tries, failure));
    }

    private TimeSpan PauseAfter(int tries, StoreException failure)
    {
        double longest = options.LongestPauseMilliseconds;
        double bound = failure.IsTransient ? Math.Min(longest, options.FirstPauseMilliseconds * Math.Pow(2, Math.Min(tries - 1, 30))) : longest;
        double pause = bound * (0.5 + (random.NextDouble() / 2));
        double asked = Math.Min(failure.RetryAfter?.TotalMilliseconds ?? 0, longest * MostPatience);
        return TimeSpan.FromMilliseconds(Math.Max(1, Math.Max(pause, asked)));
    }
}
