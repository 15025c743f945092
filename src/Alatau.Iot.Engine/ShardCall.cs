namespace Alatau.Iot.Engine;

/// <summary>Something a shard is asked to do between two messages: answer a question, carry out a command, report that it is empty.</summary>
/// <param name="notBefore">Inbox position that must have been taken first; 0 for at once.</param>
internal abstract class ShardCall(long notBefore)
{
    public long NotBefore { get; } = notBefore;

    /// <summary>Does some of it, on the shard's thread.</summary>
    /// <returns>False when there is more to do: the shard takes messages first and calls again.</returns>
    public abstract bool Step(Shard shard);

    /// <summary>The shard has ended and will never do it.</summary>
    public abstract void Fail(Exception reason);
}

/// <summary>A call that answers with a value.</summary>
internal sealed class ShardCall<T>(Func<Shard, ShardCall<T>, bool> step, long notBefore = 0) : ShardCall(notBefore)
{
    private readonly TaskCompletionSource<T> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<T> Task => _done.Task;

    /// <summary>How far a call of several steps has come.</summary>
    public int Progress { get; set; }

    public void Complete(T result) => _done.TrySetResult(result);

    public override bool Step(Shard shard) => step(shard, this);

    public override void Fail(Exception reason) => _done.TrySetException(reason);
}
