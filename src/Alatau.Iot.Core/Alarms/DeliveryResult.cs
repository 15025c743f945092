namespace Alatau.Iot.Core.Alarms;

/// <summary>What became of one attempt to deliver.</summary>
public enum DeliveryVerdict : byte
{
    /// <summary>The target has it.</summary>
    Delivered,

    /// <summary>The target may take it later.</summary>
    Failed,

    /// <summary>The target will never take it.</summary>
    Refused,
}

/// <param name="Verdict">What became of it.</param>
/// <param name="Problem">Why not, in the target's words; empty when delivered.</param>
public readonly record struct DeliveryResult(DeliveryVerdict Verdict, string Problem)
{
    /// <summary>What the target said when it took it, for people; empty when it said nothing.</summary>
    public string Answer { get; init; } = "";

    /// <summary>How long the target asked to be left alone; null when it didn't.</summary>
    public TimeSpan? RetryAfter { get; init; }

    public static readonly DeliveryResult Delivered = new(DeliveryVerdict.Delivered, "");

    public static DeliveryResult DeliveredWith(string answer) => new(DeliveryVerdict.Delivered, "") { Answer = answer };

    public static DeliveryResult Failed(string problem) => new(DeliveryVerdict.Failed, problem);

    public static DeliveryResult Refused(string problem) => new(DeliveryVerdict.Refused, problem);
}
