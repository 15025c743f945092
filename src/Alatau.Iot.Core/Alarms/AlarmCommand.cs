using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Time;

namespace Alatau.Iot.Core.Alarms;

/// <summary>What a person may ask of an alarm.</summary>
public enum AlarmAction : byte
{
    Acknowledge,
    Shelve,
    Unshelve,

    /// <summary>Holds it down by design, until it is let go: a plant that is switched off, another system that knows the cause. Demands a reason.</summary>
    Suppress,

    /// <summary>Lets it go again.</summary>
    Unsuppress,

    /// <summary>Takes it out of service until it is put back: for maintenance. Demands a reason.</summary>
    RemoveFromService,

    /// <summary>Puts it back into service.</summary>
    ReturnToService,
}

/// <summary>A person's request to one alarm.</summary>
/// <param name="Asset">Where the alarm is.</param>
/// <param name="Rule">Which rule's alarm.</param>
/// <param name="Action">What to do.</param>
/// <param name="At">When it was asked.</param>
/// <param name="By">Who asks.</param>
/// <param name="Why">The person's reason; putting an alarm aside (shelving, suppressing, taking out of service) demands one.</param>
/// <param name="ShelveFor">Shelving only: for how long; more than zero, at most 24 hours.</param>
/// <param name="AlarmId">Which alarm the person saw; when it is over, the rule's next alarm isn't touched. Null for whichever is open.</param>
public sealed record AlarmCommand(AssetHandle Asset, string Rule, AlarmAction Action, Instant At, string By, string Why, TimeSpan? ShelveFor = null, string? AlarmId = null);

/// <summary>What became of a request.</summary>
public enum AlarmCommandResult : byte
{
    /// <summary>The alarm changed its state.</summary>
    Done,

    /// <summary>The alarm was in that state already.</summary>
    AlreadySo,

    /// <summary>The state machine doesn't allow it from the present state.</summary>
    NotAllowed,

    /// <summary>No such alarm on that asset.</summary>
    Unknown,

    /// <summary>It couldn't be put on disk in time, so nothing was done.</summary>
    NotTaken,
}
