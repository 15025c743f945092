using System.ComponentModel.DataAnnotations;
using Alatau.Iot.Core.Time;

namespace Alatau.Iot.Simulator.Load;

/// <summary>How much load to put on a broker, and in what shape.</summary>
public sealed class LoadOptions
{
    /// <summary>Host name or address of the broker; default 127.0.0.1.</summary>
    [Required]
    public string Host { get; set; } = "127.0.0.1";

    /// <summary>Port, 1 to 65535; default 1883.</summary>
    [Range(1, 65_535)]
    public int Port { get; set; } = 1883;

    /// <summary>User name; null connects anonymously.</summary>
    public string? User { get; set; }

    /// <summary>Password of <see cref="User"/>.</summary>
    public string? Password { get; set; }

    /// <summary>Connections that publish at once, 1 to 64; default 2.</summary>
    [Range(1, 64)]
    public int Publishers { get; set; } = 2;

    /// <summary>Messages in all, 1 to 10^10; default 1,000,000. Shared out evenly.</summary>
    [Range(1, 10_000_000_000)]
    public long Messages { get; set; } = 1_000_000;

    /// <summary>Assets that the messages are spread over, 1 to 9,000,000; default 1,000. Each belongs to one publisher.</summary>
    [Range(1, 9_000_000)]
    public int Assets { get; set; } = 1000;

    /// <summary>Quality of service, 0 or 1; default 0.</summary>
    [Range(0, 1)]
    public int QoS { get; set; }

    /// <summary>At QoS 1: messages without acknowledgement a publisher may have, 1 to 60,000; default 1,000.</summary>
    [Range(1, 60_000)]
    public int InFlight { get; set; } = 1000;

    /// <summary>Messages a second in all; 0 (default) sends as fast as the broker takes them.</summary>
    [Range(0, 100_000_000)]
    public double Rate { get; set; }

    /// <summary>Seed of the values; default 1. The same seed gives the same messages.</summary>
    public int Seed { get; set; } = 1;

    /// <summary>Measurement time of each asset's first message; each further one is <see cref="Step"/> later.</summary>
    public Instant Start { get; set; }

    /// <summary>Event time between two messages of one asset; default 1 s.</summary>
    public TimeSpan Step { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Site of the assets; default <c>bench</c>.</summary>
    [Required]
    public string Site { get; set; } = "bench";
}
