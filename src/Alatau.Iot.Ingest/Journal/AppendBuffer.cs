using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Alatau.Iot.Ingest.Journal;

/// <summary>Memory that records are appended to by many threads at once, and that is written to disk as one batch.</summary>
/// <remarks>
/// One word holds how many records and bytes were given out and whether the buffer is sealed, so that a compare-and-swap gives an appender its place and its position together.
/// Appenders copy side by side; the committer seals, then waits until all copies are done. The records lie in memory as they will lie in the file's blocks:
/// <see cref="Phase"/> bytes of the block before come first, so that no batch has to be moved for a direct write.
/// </remarks>
internal sealed class AppendBuffer
{
    private const ulong Sealed = 1UL << 63;
    private const int CountShift = 32;

    private readonly byte[] _memory;
    private readonly int _origin;
    private Words _words;

    /// <param name="capacity">Most bytes of records.</param>
    public AppendBuffer(int capacity)
    {
        Capacity = capacity;
        // A block before for the phase, one behind for the zeros up to a whole block, one to align. Pinned memory never moves, and it stays valid for a late appender.
        _memory = GC.AllocateUninitializedArray<byte>(capacity + (3 * SegmentHeader.Block), pinned: true);
        long address = Marshal.UnsafeAddrOfPinnedArrayElement(_memory, 0);
        _origin = (int)(-address & (SegmentHeader.Block - 1));
        _words.State = Sealed;
    }

    /// <summary>The two words that appenders write, each on a cache line of its own.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 320)]
    private struct Words
    {
        [FieldOffset(64)]
        public ulong State;

        [FieldOffset(192)]
        public long Copied;
    }

    public int Capacity { get; }

    /// <summary>Position of the first record.</summary>
    public long First { get; private set; }

    /// <summary>Where in its 4096-byte block the first record begins.</summary>
    public int Phase { get; private set; }

    /// <summary>Bytes given out.</summary>
    public int Bytes => (int)Volatile.Read(ref _words.State);

    /// <summary>Records given out.</summary>
    public int Count => CountOf(Volatile.Read(ref _words.State));

    /// <summary>Position of the last record given out.</summary>
    public long Last => First + Count - 1;

    /// <summary>What goes to disk: whole blocks, zeros behind the last record. Only of a sealed buffer.</summary>
    public Span<byte> Blocks => _memory.AsSpan(_origin, (Phase + Bytes + SegmentHeader.Block - 1) & -SegmentHeader.Block);

    /// <summary>Where in its block the record after the last one begins. Only of a sealed buffer.</summary>
    public int NextPhase => (Phase + Bytes) & (SegmentHeader.Block - 1);

    /// <summary>Begins a batch. The buffer is the committer's, and becomes the appenders' by this call.</summary>
    public void Open(long first, int phase)
    {
        First = first;
        Phase = phase;
        _words.Copied = 0;
        Volatile.Write(ref _words.State, 0);
    }

    /// <summary>Copies a record in.</summary>
    /// <param name="size">Its <see cref="RecordFormat.SizeOf"/>.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public AppendResult TryAppend(in JournalRecord record, int size, uint seed, out long position)
    {
        ulong state = Volatile.Read(ref _words.State);
        while (true)
        {
            int offset = (int)state;
            if ((state & Sealed) != 0)
            {
                position = 0;
                return AppendResult.Sealed;
            }

            if (offset + (long)size > Capacity)
            {
                position = 0;
                return AppendResult.Full;
            }

            ulong seen = Interlocked.CompareExchange(ref _words.State, state + (1UL << CountShift) + (uint)size, state);
            if (seen == state)
            {
                position = First + CountOf(state);
                RecordFormat.Write(_memory.AsSpan(_origin + Phase + offset, size), record, position, seed);
                Interlocked.Add(ref _words.Copied, size);
                return AppendResult.Appended;
            }

            state = seen;
        }
    }

    /// <summary>No record comes in after this.</summary>
    /// <returns>False when it was sealed already.</returns>
    public bool Seal() => (Interlocked.Or(ref _words.State, Sealed) & Sealed) == 0;

    /// <summary>Waits for the appenders that are still copying, and fills up with zeros to a whole block.</summary>
    public void WaitForCopies()
    {
        var spin = default(SpinWait);
        while (Interlocked.Read(ref _words.Copied) != Bytes)
        {
            spin.SpinOnce(sleep1Threshold: -1);
        }

        Blocks[(Phase + Bytes)..].Clear();
    }

    /// <summary>Puts the beginning of the first block in front of the records: what the buffer before ended with, or zeros in a fresh segment.</summary>
    public void SetFront(ReadOnlySpan<byte> front)
    {
        var target = _memory.AsSpan(_origin, Phase);
        if (front.IsEmpty)
        {
            target.Clear();
        }
        else
        {
            front.CopyTo(target);
        }
    }

    /// <summary>The last block as far as records reach, for <see cref="SetFront"/> of the next. Only of a sealed buffer.</summary>
    public ReadOnlySpan<byte> Tail => _memory.AsSpan(_origin + Phase + Bytes - NextPhase, NextPhase);

    private static int CountOf(ulong state) => (int)((state & ~Sealed) >> CountShift);
}

internal enum AppendResult : byte
{
    Appended,
    Full,

    /// <summary>The next buffer is about to be open.</summary>
    Sealed,
}
