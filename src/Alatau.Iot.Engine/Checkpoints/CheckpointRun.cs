using System.Buffers;
using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Text;
using System.Threading.Channels;
using Alatau.Iot.Core.Processing;
using Alatau.Iot.Core.Time;
using Microsoft.Win32.SafeHandles;

namespace Alatau.Iot.Engine.Checkpoints;

/// <summary>One checkpoint being taken: gathers the shards' blocks and writes them to the file on a thread of the pool.</summary>
/// <remarks>While <see cref="MostWaiting"/> blocks wait for the disk the shards save only what is about to change, so memory stays below the size of all states.</remarks>
internal sealed class CheckpointRun(string file, long position, Instant takenAt, IReadOnlyList<string> routes, IEnumerable<byte[]> memory, int shards, Action wake)
{
    private const int MostWaiting = 8;

    private readonly Channel<CheckpointBlock> _full = Channel.CreateUnbounded<CheckpointBlock>(new UnboundedChannelOptions { SingleReader = true });
    private readonly ConcurrentBag<CheckpointBlock> _free = [];
    private readonly ConcurrentBag<RouteCounts> _counts = [];
    private int _waiting;
    private int _shardsLeft = shards;
    private long _longestPause;
    private int _number;
    private long _length;
    private uint _seed;
    private volatile bool _hasEnded;

    /// <summary>The disk is behind: save only what must be saved.</summary>
    public bool IsBehind => Volatile.Read(ref _waiting) >= MostWaiting;

    /// <summary>Nobody wants the rest any more.</summary>
    public bool HasEnded => _hasEnded;

    /// <summary>Starts writing; the task is the checkpoint's.</summary>
    public Task<CheckpointResult> Start(AssetStateCodec names) => Task.Run(() => WriteAsync(names));

    public CheckpointBlock Rent() => _free.TryTake(out var block) ? block : new CheckpointBlock();

    public void Submit(CheckpointBlock block)
    {
        Interlocked.Increment(ref _waiting);
        if (!_full.Writer.TryWrite(block))
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    /// <summary>A shard has passed the barrier.</summary>
    /// <param name="counts">Its totals as of the barrier.</param>
    public void Pass(RouteCounts counts) => _counts.Add(counts);

    /// <summary>A shard has handed in all its states.</summary>
    public void Finish(TimeSpan longestPause)
    {
        InterlockedMax(longestPause.Ticks);
        if (Interlocked.Decrement(ref _shardsLeft) == 0)
        {
            _full.Writer.TryComplete();
        }
    }

    public void Abort(Exception reason) => _full.Writer.TryComplete(reason);

    private async Task<CheckpointResult> WriteAsync(AssetStateCodec names)
    {
        try
        {
            using var handle = File.OpenHandle(file, FileMode.Create, FileAccess.Write, FileShare.Read);
            WriteHead(handle, names);
            int assets = 0;
            await foreach (var block in _full.Reader.ReadAllAsync())
            {
                assets += block.Items;
                WriteBlock(handle, BlockKind.States, block.Buffer.WrittenSpan, block.Items);
                block.Clear();
                _free.Add(block);
                Interlocked.Decrement(ref _waiting);
                wake();
            }

            foreach (byte[] piece in memory)
            {
                WriteBlock(handle, BlockKind.Memory, piece, 0);
            }

            var totals = RouteCounts.Sum(_counts);
            WriteTrailer(handle, assets, totals);
            RandomAccess.FlushToDisk(handle);
            return new CheckpointResult(position, assets, _length, totals, TimeSpan.FromTicks(_longestPause));
        }
        finally
        {
            _hasEnded = true;
            _full.Writer.TryComplete();
        }
    }

    private void WriteHead(SafeFileHandle handle, AssetStateCodec names)
    {
        var head = new ArrayBufferWriter<byte>();
        BinaryPrimitives.WriteInt64LittleEndian(head.GetSpan(sizeof(long)), position);
        head.Advance(sizeof(long));
        BinaryPrimitives.WriteInt64LittleEndian(head.GetSpan(sizeof(long)), takenAt.UnixMilliseconds);
        head.Advance(sizeof(long));
        names.WriteNames(head);
        _seed = WriteBlock(handle, BlockKind.Head, head.WrittenSpan, 0);
    }

    private void WriteTrailer(SafeFileHandle handle, int assets, IReadOnlyList<RouteTotals> totals)
    {
        using var bytes = new MemoryStream();
        using (var writer = new BinaryWriter(bytes, Encoding.UTF8, leaveOpen: true))
        {
            writer.Write(assets);
            writer.Write(_number);
            writer.Write(totals.Count);
            foreach (var route in totals)
            {
                writer.Write(route.Route < routes.Count ? routes[route.Route] : "");
                writer.Write(route.Route);
                writer.Write(route.Stored);
                writer.Write(route.Duplicate);
                writer.Write(route.Quarantined);
            }
        }

        WriteBlock(handle, BlockKind.Trailer, bytes.ToArray(), 0);
    }

    private uint WriteBlock(SafeFileHandle handle, BlockKind kind, ReadOnlySpan<byte> payload, int items)
    {
        Span<byte> header = stackalloc byte[CheckpointFormat.HeaderBytes];
        uint checksum = CheckpointFormat.Write(header, new BlockHeader(kind, payload.Length, _number++, items), payload, _seed);
        RandomAccess.Write(handle, header, _length);
        RandomAccess.Write(handle, payload, _length + header.Length);
        _length += header.Length + payload.Length;
        return checksum;
    }

    private void InterlockedMax(long ticks)
    {
        long seen = Volatile.Read(ref _longestPause);
        while (ticks > seen)
        {
            long now = Interlocked.CompareExchange(ref _longestPause, ticks, seen);
            if (now == seen)
            {
                return;
            }

            seen = now;
        }
    }
}
