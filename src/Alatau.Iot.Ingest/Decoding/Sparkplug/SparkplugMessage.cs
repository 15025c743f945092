namespace Alatau.Iot.Ingest.Decoding.Sparkplug;

/// <summary>The message type of a topic (Sparkplug 3.0, clause 4.1.3).</summary>
internal enum SparkplugMessage : byte
{
    /// <summary>NCMD and DCMD: from a host to a node, nothing for us.</summary>
    Command,
    NodeBirth,
    NodeDeath,
    NodeData,
    DeviceBirth,
    DeviceDeath,
    DeviceData,
}
