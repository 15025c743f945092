using System.ComponentModel.DataAnnotations;

namespace Alatau.Iot.Host.Recovery;

/// <summary>How often the platform writes down where it stands.</summary>
internal sealed class RecoveryOptions
{
    public const string SectionName = "Recovery";

    /// <summary>Time between two checkpoints; default 60 s. What came in since the last one is replayed from the journal after a kill.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan CheckpointInterval { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>Whether messages are written to the journal before they are acknowledged, and taken down the road again after a kill; default true.
    /// Without it an acknowledgement says that the road has the message, not that the disk has it.</summary>
    public bool Journal { get; set; } = true;
}
