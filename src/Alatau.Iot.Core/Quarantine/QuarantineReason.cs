namespace Alatau.Iot.Core.Quarantine;

/// <summary>Why a message could not be taken; a closed set, each counted.</summary>
public enum QuarantineReason : byte
{
    /// <summary>No profile's topic template fits the topic, though it lies under the platform's own prefix.</summary>
    UnknownTopic,

    /// <summary>A profile fits, but the device is bound to no asset and self-registration is off.</summary>
    UnknownDevice,

    /// <summary>The payload is not of the profile's format.</summary>
    Malformed,

    /// <summary>The payload is of the format but holds nothing the profile maps.</summary>
    NothingMapped,

    /// <summary>A required field is absent, or has another type than the profile says.</summary>
    WrongField,

    /// <summary>The payload needs what came before it (Sparkplug data without its birth).</summary>
    MissingContext,

    /// <summary>The format's version is newer than the decoder.</summary>
    UnsupportedVersion,

    /// <summary>Longer or deeper than the limits of the decoder.</summary>
    TooLarge,

    /// <summary>Stamped further ahead of us than the clock guard allows.</summary>
    ClockAhead,

    /// <summary>Stamped before 2000 or before the retention of raw readings.</summary>
    ClockBehind,

    /// <summary>The directory of assets is full.</summary>
    TooManyAssets,

    /// <summary>The asset has as many different measurands as it may have.</summary>
    TooManyMeasurands,

    /// <summary>It was taken, and its last row was lost on disk while it waited for the store. Nothing is left to be sent again.</summary>
    LostInOutbox,
}
