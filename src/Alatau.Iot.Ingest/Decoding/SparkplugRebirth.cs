using System.Buffers;
using Alatau.Iot.Core.Time;

namespace Alatau.Iot.Ingest.Decoding;

/// <summary>The command that asks a Sparkplug node to say its births again (Sparkplug 3.0, clause 6.4.21, NCMD).</summary>
public static class SparkplugRebirth
{
    /// <summary>Topic of the command for the node of <paramref name="match"/>: <c>spBv1.0/group/NCMD/node</c>.</summary>
    /// <exception cref="ArgumentException">The topic isn't one of Sparkplug.</exception>
    public static string Topic(ProfileMatch match) =>
        match.Capture("group") is { } group && match.Capture("node") is { } node
            ? $"spBv1.0/{group}/NCMD/{node}"
            : throw new ArgumentException("The topic names no group and node.", nameof(match));

    /// <summary>Writes the payload: one metric <c>Node Control/Rebirth</c>, Boolean, true.</summary>
    public static void Write(IBufferWriter<byte> into, Instant now)
    {
        var name = "Node Control/Rebirth"u8;
        Span<byte> payload = stackalloc byte[64];
        int at = 0;
        payload[at++] = 0x08;
        for (ulong rest = (ulong)now.UnixMilliseconds; ; rest >>= 7)
        {
            payload[at++] = (byte)(rest >= 0x80 ? rest | 0x80 : rest);
            if (rest < 0x80)
            {
                break;
            }
        }

        payload[at++] = 0x12;
        payload[at++] = (byte)(name.Length + 6);
        payload[at++] = 0x0A;
        payload[at++] = (byte)name.Length;
        name.CopyTo(payload[at..]);
        at += name.Length;
        ReadOnlySpan<byte> booleanTrue = [0x20, 0x0B, 0x70, 0x01];
        booleanTrue.CopyTo(payload[at..]);
        into.Write(payload[..(at + booleanTrue.Length)]);
    }
}
