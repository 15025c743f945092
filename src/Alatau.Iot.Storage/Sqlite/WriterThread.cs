using System.Collections.Concurrent;

namespace Alatau.Iot.Storage.Sqlite;

/// <summary>The one thread that owns the writing connection; SQLite's calls block, so they don't borrow a thread of the pool.</summary>
internal sealed class WriterThread : IDisposable
{
    private const int MostWaiting = 64;

    private readonly BlockingCollection<Action> _work = new(MostWaiting);
    private readonly Thread _thread;

    internal WriterThread(string name)
    {
        _thread = new Thread(Run) { Name = name, IsBackground = true };
        _thread.Start();
    }

    /// <summary>Runs <paramref name="work"/> after all that was asked before; its exceptions arrive at the caller.</summary>
    internal Task<T> RunAsync<T>(Func<T> work, CancellationToken cancellationToken)
    {
        var completion = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        _work.Add(
            () =>
            {
                if (cancellationToken.IsCancellationRequested)
                {
                    completion.SetCanceled(cancellationToken);
                    return;
                }

                try
                {
                    completion.SetResult(work());
                }
#pragma warning disable CA1031 // Carried to the caller, whatever it is.
                catch (Exception exception)
#pragma warning restore CA1031
                {
                    completion.SetException(exception);
                }
            },
            cancellationToken);
        return completion.Task;
    }

    /// <summary>Finishes what was asked and ends the thread.</summary>
    public void Dispose()
    {
        _work.CompleteAdding();
        _thread.Join();
        _work.Dispose();
    }

    private void Run()
    {
        foreach (var work in _work.GetConsumingEnumerable())
        {
            work();
        }
    }
}
