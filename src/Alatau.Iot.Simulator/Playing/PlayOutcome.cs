namespace Alatau.Iot.Simulator.Playing;

/// <summary>How a play ended.</summary>
public enum PlayOutcome
{
    /// <summary>Everything was played and acknowledged.</summary>
    Completed,

    /// <summary>It was stopped; <see cref="PlayResult.Waiting"/> says what the broker had not acknowledged by then.</summary>
    Stopped,

    /// <summary>The broker could not be reached, or refused a device, before the first message.</summary>
    BrokerUnreachable,
}
