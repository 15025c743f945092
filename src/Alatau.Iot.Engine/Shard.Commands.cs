using Alatau.Iot.Core.Alarms;

namespace Alatau.Iot.Engine;

/// <summary>What the shard does for people who deal with its assets' alarms.</summary>
#pragma warning disable CA1001 // As in Shard.cs.
internal sealed partial class Shard
#pragma warning restore CA1001
{
    public void OnCommand(HeldCommand command)
    {
        if (!command.IsReleased)
        {
            command.Fail(Gone());
            return;
        }

        FollowReplay(command.Command.At);
        command.Complete(Carry(command.Command));
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
}
