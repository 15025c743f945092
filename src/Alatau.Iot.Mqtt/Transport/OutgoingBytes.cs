using System.Buffers;

namespace Alatau.Iot.Mqtt.Transport;

/// <summary>The bytes that wait to be sent on one connection: many writers under <see cref="Gate"/>, one sender that takes all at once.</summary>
/// <remarks>While one send is under way everything written meanwhile gathers for the next: that is the batching. Holds no buffer while idle.
/// The bound is the writers' business: they compare <see cref="Pending"/> with their limit under the gate.</remarks>
internal sealed class OutgoingBytes : IBufferWriter<byte>
{
    private const int SmallestBuffer = 1024;

    private readonly AsyncSignal _ready = new();
    private readonly AsyncSignal _room = new();
    private byte[]? _buffer;
    private int _length;
    private int _sending;
    private bool _isDirty;
    private bool _isWaitingForRoom;

    public Lock Gate { get; } = new();

    /// <summary>No more may be written; what waits is still sent.</summary>
    public bool IsCompleted { get; private set; }

    /// <summary>Bytes written and not yet handed to the system.</summary>
    public int Pending => Volatile.Read(ref _length) + Volatile.Read(ref _sending);

    public void Advance(int count) => _length += count;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _buffer.AsMemory(_length);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _buffer.AsSpan(_length);
    }

    /// <summary>Called under the gate after a write: true when the caller has to <see cref="Wake"/> the sender, now or at the end of its batch.</summary>
    public bool MarkDirty()
    {
        if (_isDirty)
            return false;
        _isDirty = true;
        return true;
    }

    public void Wake() => _ready.Set();

    /// <summary>Refuses further writes and lets the sender end once all is sent.</summary>
    public void Complete()
    {
        lock (Gate)
            IsCompleted = true;
        _ready.Set();
        _room.Set();
    }

    public ValueTask WaitForBytesAsync() => _ready.WaitAsync();

    /// <summary>Waits until a send has ended; one waiter. Check <see cref="Pending"/> again afterwards.</summary>
    public ValueTask WaitForRoomAsync()
    {
        lock (Gate)
        {
            if (Pending == 0 || IsCompleted)
                return ValueTask.CompletedTask;
            _isWaitingForRoom = true;
            return _room.WaitAsync();
        }
    }

    /// <summary>Takes all that waits. The sender gives the buffer back with <see cref="Sent"/>.</summary>
    public bool TryTake(out byte[] buffer, out int length)
    {
        lock (Gate)
        {
            _isDirty = false;
            length = _length;
            if (length == 0)
            {
                buffer = [];
                return false;
            }

            buffer = _buffer!;
            _buffer = null;
            _sending = length;
            _length = 0;
            return true;
        }
    }

    public void Sent(byte[] buffer)
    {
        ArrayPool<byte>.Shared.Return(buffer);
        lock (Gate)
        {
            Volatile.Write(ref _sending, 0);
            if (!_isWaitingForRoom)
                return;
            _isWaitingForRoom = false;
        }

        _room.Set();
    }

    /// <summary>Drops what waits; for a connection that is gone.</summary>
    public void Discard()
    {
        Complete();
        if (TryTake(out byte[] buffer, out _))
            Sent(buffer);
    }

    private void Reserve(int count)
    {
        count = Math.Max(count, 1);
        if (_buffer is null)
        {
            _buffer = ArrayPool<byte>.Shared.Rent(Math.Max(count, SmallestBuffer));
            return;
        }

        if (_buffer.Length - _length >= count)
            return;
        byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(_buffer.Length * 2, _length + count));
        _buffer.AsSpan(0, _length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
    }
}

/// <summary>The senders a batch has written for; each is woken once, at the batch's end. One owner.</summary>
internal sealed class WakeList
{
    private readonly List<OutgoingBytes> _dirty = [];

    public void Add(OutgoingBytes outgoing) => _dirty.Add(outgoing);

    public void WakeAll()
    {
        if (_dirty.Count == 0)
            return;
        foreach (OutgoingBytes outgoing in _dirty)
            outgoing.Wake();
        _dirty.Clear();
    }
}
