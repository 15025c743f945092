using Alatau.Iot.Core.Readings;

namespace Alatau.Iot.Engine;

/// <summary>The shard's entrance, as other threads see it: posting, and waiting for room.</summary>
internal sealed partial class Shard
{
    private TaskCompletionSource? _room;

    /// <summary>Whether an eighth of the inbox is free: enough for what all connections may have between this question and their post.</summary>
    public bool HasRoomToPost => Inbox.Used <= Inbox.Capacity - (Inbox.Capacity / 8);

    public bool TryPost(in ReadingBatch batch)
    {
        if (!Inbox.TryPost(in batch))
        {
            return false;
        }

        // The shard announces its sleep and then looks once more; either it sees the batch or we see the announcement.
        Interlocked.MemoryBarrier();
        if (_isSleeping)
        {
            _isSleeping = false;
            _wake.Set();
        }

        return true;
    }

    /// <returns>False when there is no room.</returns>
    public bool TryPost(HeldStep step)
    {
        if (!Inbox.TryPost(step))
        {
            return false;
        }

        _wake.Set();
        if (_ended.Task.IsCompleted)
        {
            Inbox.FailHeld(Gone());
        }

        return true;
    }

    /// <summary>Completes when at least half of the inbox is free.</summary>
    public Task WaitForRoomAsync(CancellationToken cancellationToken)
    {
        var waiter = Volatile.Read(ref _room);
        if (waiter is null)
        {
            var fresh = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            waiter = Interlocked.CompareExchange(ref _room, fresh, null) ?? fresh;
        }

        Interlocked.MemoryBarrier();
        if (_ended.Task.IsCompleted)
        {
            return Task.FromException(Gone());
        }

        if (HasRoom)
        {
            ReleaseWaiters();
        }
        else
        {
            _wake.Set();
        }

        return waiter.Task.WaitAsync(cancellationToken);
    }

    private bool HasRoom => Inbox.Used <= Inbox.Capacity / 2;

    private void ReleaseWaiters()
    {
        if (Volatile.Read(ref _room) is not null && HasRoom)
        {
            Interlocked.Exchange(ref _room, null)?.TrySetResult();
        }
    }
}
