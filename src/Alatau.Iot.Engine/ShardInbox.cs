using System.Collections.Concurrent;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Readings;
using Alatau.Iot.Core.Time;

namespace Alatau.Iot.Engine;

/// <summary>What takes batches out of an inbox.</summary>
internal interface IInboxReader
{
    /// <summary>These assets come next, in this order; a chance to ask memory for them.</summary>
    void OnAhead(ReadOnlySpan<AssetHandle> assets);

    void OnBatch(in ReadingBatch batch);

    void OnHeld(HeldStep step);
}

/// <summary>A bounded ring of bytes that many threads copy batches into and one takes them out of, in place. No lock, no allocation for a batch of ordinary size.</summary>
/// <remarks>
/// A writer claims room by moving the tail, copies, and commits by writing the record's length; the reader stops at a length of zero, clears what it took and moves the head (after Agrona's many-to-one ring).
/// Batches of more than an eighth of the ring travel beside it as a copy of their own, under the same bound; their place in the order is kept in the ring.
/// </remarks>
internal sealed unsafe class ShardInbox
{
    private const int HeaderBytes = 32;
    private const int Ahead = 16;
    private const long ClosedBit = 1L << 62;
    private const long KindPadding = 1L << 32;
    private const long KindOversize = 2L << 32;
    private const long KindHeld = 4L << 32;

    private readonly ulong[] _ring;
    private readonly byte* _start;
    private readonly long _capacity;
    private readonly long _mask;
    private readonly ConcurrentDictionary<long, Reading[]> _oversize = new();
    private readonly ConcurrentDictionary<long, HeldStep> _held = new();
    private Cursors _cursors;
    private long _oversizeBytes;
    private long _limit = long.MaxValue;

    [StructLayout(LayoutKind.Explicit, Size = 384)]
    private struct Cursors
    {
        [FieldOffset(128)]
        public long Tail;

        [FieldOffset(256)]
        public long Head;
    }

    public ShardInbox(int bytes)
    {
        _capacity = BitOperations.RoundUpToPowerOf2((uint)bytes);
        _mask = _capacity - 1;
        _ring = GC.AllocateArray<ulong>((int)(_capacity / sizeof(ulong)), pinned: true);
        _start = (byte*)Unsafe.AsPointer(ref _ring[0]);
    }

    public long Capacity => _capacity;

    /// <summary>Bytes claimed and not yet taken.</summary>
    public long Used => Math.Max(0, Tail - Head) + Interlocked.Read(ref _oversizeBytes);

    /// <summary>Position behind all that was posted up to now.</summary>
    public long Tail => Volatile.Read(ref _cursors.Tail) & ~ClosedBit;

    /// <summary>Position behind all that was taken up to now.</summary>
    public long Head => Volatile.Read(ref _cursors.Head);

    public bool IsClosed => (Volatile.Read(ref _cursors.Tail) & ClosedBit) != 0;

    /// <summary>Whether the last <see cref="Take"/> stopped at a step that must not be done yet. The shard's thread only.</summary>
    public bool IsHeld { get; private set; }

    /// <summary>Nothing from this position on is taken, also by a <see cref="Take"/> that is under way; <see cref="long.MaxValue"/> for no limit.</summary>
    public long Limit
    {
        get => Volatile.Read(ref _limit);
        set => Volatile.Write(ref _limit, value);
    }

    /// <summary>Copies a batch in; false when there is no room, or when the inbox is closed.</summary>
    public bool TryPost(in ReadingBatch batch)
    {
        int count = batch.Readings.Length;
        long bytes = (long)count * sizeof(Reading);
        bool isOversize = bytes > _capacity / 8;
        long size = isOversize ? HeaderBytes : HeaderBytes + bytes;
        Reading[]? copy = null;
        if (isOversize)
        {
            if (Interlocked.Add(ref _oversizeBytes, bytes) is var pending && pending > _capacity && pending > bytes)
            {
                Interlocked.Add(ref _oversizeBytes, -bytes);
                return false;
            }

            copy = batch.Readings.ToArray();
        }

        if (!TryClaim(size, out long position))
        {
            if (isOversize)
            {
                Interlocked.Add(ref _oversizeBytes, -bytes);
            }

            return false;
        }

        byte* record = _start + (position & _mask);
        *(long*)(record + 8) = batch.ReceivedAt.UnixMilliseconds;
        *(long*)(record + 16) = batch.Position;
        *(int*)(record + 24) = batch.Asset.Index;
        *(uint*)(record + 28) = (uint)count | ((uint)batch.Route << 24);
        if (copy is null)
        {
            batch.Readings.CopyTo(new Span<Reading>(record + HeaderBytes, count));
        }
        else
        {
            _oversize[position] = copy;
        }

        Volatile.Write(ref *(long*)record, size | (copy is null ? 0 : KindOversize));
        return true;
    }

    /// <summary>Gives a step its place behind all that was posted; what is posted later waits until it may be done.</summary>
    /// <returns>False when there is no room, or when the inbox is closed.</returns>
    public bool TryPost(HeldStep step)
    {
        if (!TryClaim(HeaderBytes, out long position))
        {
            return false;
        }

        byte* record = _start + (position & _mask);
        *(int*)(record + 24) = step.Asset;
        _held[position] = step;
        Volatile.Write(ref *(long*)record, HeaderBytes | KindHeld);
        return true;
    }

    /// <summary>Steps that nobody will take any more.</summary>
    public void FailHeld(Exception reason)
    {
        foreach (var (position, step) in _held)
        {
            _held.TryRemove(position, out _);
            step.Fail(reason);
        }
    }

    /// <summary>Refuses all further batches; what was taken before stays to be read.</summary>
    public void Close() => Interlocked.Or(ref _cursors.Tail, ClosedBit);

    /// <summary>Takes up to <paramref name="maximum"/> batches out, oldest first. Only the shard's thread calls it.</summary>
    /// <returns>How many it took; less than the maximum when the rest is empty or still being written.</returns>
    public int Take<TReader>(TReader reader, int maximum)
        where TReader : class, IInboxReader
    {
        long head = _cursors.Head;
        long at = head;
        int taken = 0;
        IsHeld = false;
        Span<AssetHandle> ahead = stackalloc AssetHandle[Ahead];
        while (taken < maximum)
        {
            int group = LookAhead(at, ahead[..Math.Min(Ahead, maximum - taken)]);
            if (group == 0)
            {
                break;
            }

            reader.OnAhead(ahead[..group]);
            for (int left = group; left > 0;)
            {
                byte* record = _start + (at & _mask);
                long word = *(long*)record;
                if ((word & KindPadding) == 0)
                {
                    Read(reader, record, at, word);
                    left--;
                }

                at += (uint)word;
            }

            taken += group;
        }

        if (at != head)
        {
            Clear(head, at);
            Volatile.Write(ref _cursors.Head, at);
        }

        return taken;
    }

    /// <summary>Finds the assets of the next committed batches.</summary>
    private int LookAhead(long at, Span<AssetHandle> assets)
    {
        int found = 0;
        while (found < assets.Length)
        {
            byte* record = _start + (at & _mask);
            long word = Volatile.Read(ref *(long*)record);

            // The limit is read after the word: who posts after a limit was set never sees its batch taken.
            if (word == 0 || at >= Volatile.Read(ref _limit))
            {
                break;
            }

            if ((word & KindHeld) != 0 && !IsClosed && !_held[at].IsDecided)
            {
                IsHeld = true;
                break;
            }

            if ((word & KindPadding) == 0)
            {
                assets[found++] = new AssetHandle(*(int*)(record + 24));
            }

            at += (uint)word;
        }

        return found;
    }

    private void Read<TReader>(TReader reader, byte* record, long position, long word)
        where TReader : class, IInboxReader
    {
        if ((word & KindHeld) != 0 && _held.TryRemove(position, out var step))
        {
            reader.OnHeld(step);
            return;
        }

        uint countAndRoute = *(uint*)(record + 28);
        var readings = new ReadOnlySpan<Reading>(record + HeaderBytes, (int)(countAndRoute & 0xFFFFFF));
        if ((word & KindOversize) != 0 && _oversize.TryRemove(position, out var copy))
        {
            readings = copy;
            Interlocked.Add(ref _oversizeBytes, -(long)copy.Length * sizeof(Reading));
        }

        reader.OnBatch(new ReadingBatch(
            new AssetHandle(*(int*)(record + 24)),
            new Instant(*(long*)(record + 8)),
            (byte)(countAndRoute >> 24),
            *(long*)(record + 16),
            readings));
    }

    private bool TryClaim(long size, out long position)
    {
        while (true)
        {
            long tail = Volatile.Read(ref _cursors.Tail);
            long toEnd = _capacity - (tail & _mask);
            long padding = size <= toEnd ? 0 : toEnd;
            position = tail + padding;
            if ((tail & ClosedBit) != 0 || position + size - Volatile.Read(ref _cursors.Head) > _capacity)
            {
                return false;
            }

            if (Interlocked.CompareExchange(ref _cursors.Tail, position + size, tail) == tail)
            {
                if (padding > 0)
                {
                    Volatile.Write(ref *(long*)(_start + (tail & _mask)), padding | KindPadding);
                }

                return true;
            }
        }
    }

    private void Clear(long from, long to)
    {
        long start = from & _mask;
        long length = to - from;
        long first = Math.Min(length, _capacity - start);
        NativeMemory.Clear(_start + start, (nuint)first);
        NativeMemory.Clear(_start, (nuint)(length - first));
    }
}
