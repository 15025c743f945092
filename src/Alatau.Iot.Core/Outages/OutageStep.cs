using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Time;

namespace Alatau.Iot.Core.Outages;

/// <summary>What happens to an outage; a closed set.</summary>
public enum OutageAction : byte
{
    /// <summary>It is raised at its place, and suppresses the silence alarms of its members.</summary>
    Begin,

    /// <summary>More members have fallen silent: theirs are suppressed, too.</summary>
    Extend,

    /// <summary>A wider outage covers it: its own alarm is suppressed.</summary>
    Fold,

    /// <summary>The wider outage is over, this one isn't: its own alarm is told again, and it is named as the cause of what its members' silence alarms are suppressed by.</summary>
    Unfold,

    /// <summary>Most members are back; those that aren't have some time yet before their own alarms are told.</summary>
    End,
}

/// <summary>One step of an outage, as the judge decided it and every shard carries it out; never changed afterwards. A replay makes it again at its place among the messages.</summary>
/// <param name="Action">What.</param>
/// <param name="Place">The feeder or transformer; or the gateway or bridge.</param>
/// <param name="At">When it was decided.</param>
/// <param name="Start">When the mains went, as far as the members tell.</param>
/// <param name="Customers">Customers without mains at that time; of a connection the devices that are silent.</param>
/// <param name="Why">A sentence for people.</param>
/// <param name="Into">The place of the wider outage, or of the cause, when it is folded or begins as part of it.</param>
public sealed record OutageStep(OutageAction Action, AssetHandle Place, Instant At, Instant Start, int Customers, string Why, AssetHandle? Into = null);
