namespace Alatau.Iot.Core.Readings;

/// <summary>What is known of a reading's time and delivery.</summary>
[Flags]
public enum ReadingOrigin : byte
{
    None = 0,

    /// <summary>The device gave no time: MeasuredAt is when the message arrived.</summary>
    TimeOfArrival = 1,

    /// <summary>The message was retained by a broker, so its age is unknown.</summary>
    Retained = 2,

    /// <summary>The device sent it from its own buffer and says so (Sparkplug is_historical): it never is the latest value.</summary>
    Historical = 4,
}
