using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Outages;
using Alatau.Iot.Core.Processing;
using Alatau.Iot.Core.Time;

namespace Alatau.Iot.Engine;

/// <summary>The shard's part in outages.</summary>
#pragma warning disable CA1001 // As in Shard.cs.
internal sealed partial class Shard
#pragma warning restore CA1001
{
    private readonly OutageMap _outages;

    /// <summary>Carries out a step of an outage at those of its members, and at its place, that are this shard's.</summary>
    public void Carry(OutageStep step)
    {
        if (_outages.PlaceOf(step.Place) is not { } place)
        {
            return;
        }

        // The cause is told before what it suppresses, and what is let go after the end of its cause.
        if (place.Asset.Index % _count == _index)
        {
            int position = place.Asset.Index / _count;
            var state = Hold(place.Asset, position);
            Deliver(_processor.Outage(state, step));
        }

        if (step.Action == OutageAction.Fold)
        {
            return;
        }

        foreach (var member in place.Members)
        {
            if (member.Index % _count == _index && Find(member) is { HasReadings: true } state)
            {
                _checkpoint?.BeforeChange(member.Index / _count, state);
                Deliver(_processor.OutageAbove(state, step));
            }
        }
    }

    /// <summary>Takes down some assets from <paramref name="from"/> on.</summary>
    /// <returns>Where to go on; -1 when all are taken down.</returns>
    public int TakeCensus(int from, int most, Action<AssetHandle, OutageSign> take, Action<AssetHandle, Instant, bool> outage)
    {
        var now = Now;
        int end = Math.Min(_states.Length, from + most);
        for (int position = from; position < end; position++)
        {
            if (_states[position] is not { } state || !_outages.Has(state.Handle))
            {
                continue;
            }

            if (_processor.OutageOf(state) is { } open)
            {
                outage(state.Handle, open.Start, open.IsFolded);
            }

            var sign = _processor.SignOf(state, now);
            if (sign.Kind != OutageSignKind.None)
            {
                take(state.Handle, sign);
                Arm(position, _processor.NextDeadline(state));
            }
        }

        return end == _states.Length ? -1 : end;
    }

    /// <summary>The state of an asset, made when it never had a message.</summary>
    private AssetState Hold(AssetHandle asset, int position)
    {
        if (position >= _states.Length)
        {
            Array.Resize(ref _states, Math.Max(position + 1, _states.Length * 2));
        }

        var state = _states[position];
        _checkpoint?.BeforeChange(position, state);
        if (state is null)
        {
            _states[position] = state = _processor.Create(asset);
            Figures.Assets++;
        }

        return state;
    }
}
