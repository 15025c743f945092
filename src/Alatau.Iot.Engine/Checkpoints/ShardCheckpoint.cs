using System.Diagnostics;
using Alatau.Iot.Core.Processing;

namespace Alatau.Iot.Engine.Checkpoints;

/// <summary>One shard's part of a checkpoint: saves its states as they stood at the barrier, by and by, each before it changes. Belongs to the shard's thread once it was handed over.</summary>
/// <param name="barrier">Inbox position: what lies before it is in the checkpoint, what lies behind it is not.</param>
internal sealed class ShardCheckpoint(CheckpointRun run, AssetStateCodec codec, long barrier)
{
    private const int StatesACheck = 8;
    private static readonly TimeSpan s_slice = TimeSpan.FromMicroseconds(100);

    private ulong[] _saved = [];
    private CheckpointBlock? _block;
    private int _count;
    private int _cursor;
    private TimeSpan _longest;

    public long Barrier => barrier;

    /// <summary>The shard stands at the barrier.</summary>
    public void Begin(int states, RouteCounts counts)
    {
        _count = states;
        _saved = new ulong[(states + 63) / 64];
        run.Pass(counts);
    }

    /// <summary>The asset is about to change: it is saved first, unless it was already.</summary>
    /// <param name="state">Null when the asset is about to have its first message: it has no part in this checkpoint.</param>
    public void BeforeChange(int position, AssetState? state)
    {
        if (position < _cursor || position >= _count || IsSaved(position))
        {
            return;
        }

        _saved[position / 64] |= 1UL << (position % 64);
        if (state is not null)
        {
            Save(state);
        }
    }

    /// <summary>Saves states for a bounded time.</summary>
    /// <param name="isWaiting">True when the disk is behind, so that the shard may rest.</param>
    /// <returns>True when all are saved, or nobody wants them any more.</returns>
    public bool Step(ReadOnlySpan<AssetState?> states, out bool isWaiting)
    {
        isWaiting = false;
        if (run.HasEnded)
        {
            return true;
        }

        if (run.IsBehind)
        {
            isWaiting = true;
            return false;
        }

        // Real time, whatever clock drives the platform.
        long start = Stopwatch.GetTimestamp();
        while (_cursor < _count)
        {
            int position = _cursor++;
            if (!IsSaved(position) && states[position] is { } state)
            {
                Save(state);
            }

            if (_cursor % StatesACheck == 0 && Stopwatch.GetElapsedTime(start) >= s_slice)
            {
                break;
            }
        }

        var took = Stopwatch.GetElapsedTime(start);
        _longest = took > _longest ? took : _longest;
        if (_cursor < _count)
        {
            return false;
        }

        if (_block is { } last)
        {
            run.Submit(last);
            _block = null;
        }

        run.Finish(_longest);
        return true;
    }

    public void Abort(Exception reason) => run.Abort(reason);

    private bool IsSaved(int position) => (_saved[position / 64] & (1UL << (position % 64))) != 0;

    private void Save(AssetState state)
    {
        var block = _block ??= run.Rent();
        codec.Write(state, block.Buffer);
        block.Items++;
        if (block.Buffer.WrittenCount >= CheckpointBlock.FullBytes)
        {
            run.Submit(block);
            _block = null;
        }
    }
}
