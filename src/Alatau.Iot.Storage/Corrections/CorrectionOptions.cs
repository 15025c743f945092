using System.ComponentModel.DataAnnotations;

namespace Alatau.Iot.Storage.Corrections;

/// <summary>How windows that late readings reopened are made again.</summary>
public sealed class CorrectionOptions
{
    public const string SectionName = "Storage:Corrections";

    /// <summary>An asset's reopened windows rest until nothing more was reopened for so many milliseconds; default 2,000. So a backlog that comes in a row is read once.</summary>
    [Range(0, 600_000)]
    public int QuietMilliseconds { get; set; } = 2_000;

    /// <summary>But no longer than so many milliseconds; default 30,000.</summary>
    [Range(0, 3_600_000)]
    public int LongestRestMilliseconds { get; set; } = 30_000;

    /// <summary>Assets whose readings are read from the store at the same time; default 2, 1 to 64.</summary>
    [Range(1, 64)]
    public int Parallel { get; set; } = 2;
}
