using Alatau.Iot.Core.Alarms;
using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Core.Windows;

namespace Alatau.Iot.Engine;

/// <summary>What has a place among the messages and is none; what people ask of alarms, corrections of windows.</summary>
#pragma warning disable CA1001 // As in Shard.cs.
internal sealed partial class Shard
#pragma warning restore CA1001
{
    public void OnHeld(HeldStep step)
    {
        if (step.IsReleased)
        {
            step.Run(this);
        }
        else
        {
            step.Fail(Gone());
        }
    }

    /// <summary>Carries out a person's request.</summary>
    public AlarmCommandResult Carry(AlarmCommand command)
    {
        var result = AlarmCommandResult.Unknown;
        if (Find(command.Asset) is { } state)
        {
            _checkpoint?.BeforeChange(command.Asset.Index / _count, state);
            Deliver(_processor.Command(state, command, out result));
        }

        return result;
    }

    /// <summary>Hands on summaries that were made again from the stored readings.</summary>
    public void Correct(AssetHandle asset, ReadOnlySpan<WindowCorrection> corrections)
    {
        var state = Find(asset);
        _checkpoint?.BeforeChange(asset.Index / _count, state);
        Deliver(_processor.Correct(asset, state, corrections, Now));
    }

    /// <returns>False when the asset has that alarm.</returns>
    public bool CloseForgotten(AssetHandle asset, AlarmTransition last, Instant at)
    {
        var state = Find(asset);
        if (state is not null && _processor.Snapshot(state)?.Alarms.Any(a => a.AlarmId == last.AlarmId) == true)
        {
            return false;
        }

        Publish(_processor.CloseForgotten(state ?? _processor.Create(asset), last, at));
        return true;
    }
}
