using System.Diagnostics;

namespace Alatau.Iot.Testing;

/// <summary>Waits for a condition that other threads bring about; a failure names the condition.</summary>
public static class Eventually
{
    /// <summary>Longest wait; generous, since a pass costs only what it needs.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(5);

    public static async Task TrueAsync(Func<bool> condition, [System.Runtime.CompilerServices.CallerArgumentExpression(nameof(condition))] string text = "")
    {
        long start = Stopwatch.GetTimestamp();
        while (!condition())
        {
            if (Stopwatch.GetElapsedTime(start) > Patience)
            {
                throw new TimeoutException($"Not within {Patience}: {text}");
            }

            await Task.Delay(s_pause, TimeProvider.System);
        }
    }

    /// <summary>The same for a condition that asks a peer.</summary>
    public static async Task TrueAsync(Func<Task<bool>> condition, [System.Runtime.CompilerServices.CallerArgumentExpression(nameof(condition))] string text = "")
    {
        long start = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            if (Stopwatch.GetElapsedTime(start) > Patience)
            {
                throw new TimeoutException($"Not within {Patience}: {text}");
            }

            await Task.Delay(s_pause, TimeProvider.System);
        }
    }

    /// <summary>Moves a clock in steps until the condition holds.</summary>
    public static Task TrueAsync(ManualTime time, TimeSpan step, Func<bool> condition, [System.Runtime.CompilerServices.CallerArgumentExpression(nameof(condition))] string text = "") =>
        TrueAsync(
            () =>
            {
                time.Advance(step);
                return condition();
            },
            text);
}
