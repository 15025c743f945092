using System.Text;
using Alatau.Iot.Core.Time;

namespace Alatau.Iot.Ingest.Decoding.Sparkplug;

/// <summary>What all nodes have said of themselves at one instant, to be written down and read back: without it, data by alias means nothing after a restart.</summary>
/// <remarks>
/// Pieces of bytes, each some nodes. Little endian; a piece begins with its version (1). A node: key (<c>group/node</c>), bdSeq (8 bytes) behind a flag, number of its last message (2 bytes, -1 for none),
/// when it was asked for its births (8 bytes), its birth, the number of its devices, and each device's name with its birth. A birth: flags (1 alive, 2 died with its node), then its metrics by name (name, type) and
/// by alias (alias, name, type). Texts are UTF-8 with their length before them. Rules of the profile aren't written: they are found again by name, in the profile of that day.
/// </remarks>
internal static class SparkplugSession
{
    private const byte Version = 1;
    private const int PieceBytes = 1 << 20;

    /// <summary>Keeps hold of everything as it is now; cheap, since births are never changed. Nobody decodes meanwhile.</summary>
    /// <returns>The pieces; made when they are asked for.</returns>
    public static IEnumerable<byte[]> Take(SparkplugNodes nodes) => Write([.. nodes.All.Select(n => KeptNode.Of(n.Key, n.Value))]);

    /// <summary>Puts a piece back, before anything is decoded.</summary>
    /// <param name="shapeOf">Shape and device key of a topic; null when no profile knows it as Sparkplug any more, and then it is forgotten.</param>
    /// <returns>False when the piece is of another version or broken.</returns>
    public static bool Restore(byte[] piece, SparkplugNodes nodes, Func<string, (SparkplugShape Shape, string DeviceKey)?> shapeOf)
    {
        try
        {
            using var stream = new MemoryStream(piece);
            using var reader = new BinaryReader(stream, Encoding.UTF8);
            if (reader.ReadByte() != Version)
            {
                return false;
            }

            while (stream.Position < stream.Length)
            {
                ReadNode(reader, nodes, shapeOf);
            }

            return true;
        }
        catch (Exception e) when (e is EndOfStreamException or FormatException)
        {
            return false;
        }
    }

    private static IEnumerable<byte[]> Write(KeptNode[] nodes)
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream, Encoding.UTF8);
        foreach (var node in nodes)
        {
            if (stream.Length == 0)
            {
                writer.Write(Version);
            }

            node.Write(writer);
            if (stream.Length >= PieceBytes)
            {
                yield return stream.ToArray();
                stream.SetLength(0);
            }
        }

        if (stream.Length > 0)
        {
            yield return stream.ToArray();
        }
    }

    private static void ReadNode(BinaryReader reader, SparkplugNodes nodes, Func<string, (SparkplugShape Shape, string DeviceKey)?> shapeOf)
    {
        string key = reader.ReadString();
        ulong? birthDeath = reader.ReadBoolean() ? reader.ReadUInt64() : null;
        int sequence = reader.ReadInt16();
        var askedAt = new Instant(reader.ReadInt64());
        int slash = key.IndexOf('/', StringComparison.Ordinal);
        string group = key[..Math.Max(0, slash)];
        string name = key[(slash + 1)..];
        var shape = shapeOf($"spBv1.0/{group}/NBIRTH/{name}");
        var node = shape is null ? null : nodes.Find(key);
        var birth = ReadBirth(reader, nodes, shape?.Shape);
        if (node is not null)
        {
            (node.BirthDeathSequence, node.LastSequence, node.AskedAt) = (birthDeath, sequence, askedAt);
            birth.CopyTo(node.Birth);
        }

        for (int devices = reader.ReadInt32(); devices > 0; devices--)
        {
            string device = reader.ReadString();
            var known = shapeOf($"spBv1.0/{group}/DBIRTH/{name}/{device}");
            var kept = ReadBirth(reader, nodes, known?.Shape);
            if (node is not null && known is { } match && node.Devices.Count < SparkplugNodes.MaximumDevices)
            {
                var restored = new SparkplugBirth { Key = match.DeviceKey };
                kept.CopyTo(restored);
                node.Devices[device] = restored;
            }
        }
    }

    private static KeptBirth ReadBirth(BinaryReader reader, SparkplugNodes nodes, SparkplugShape? shape)
    {
        byte flags = reader.ReadByte();
        var metrics = new SparkplugDefinitions();
        for (int names = reader.ReadInt32(); names > 0; names--)
        {
            string name = reader.ReadString();
            metrics.ByName[name] = Definition(name, reader.ReadUInt32(), shape);
        }

        for (int aliases = reader.ReadInt32(); aliases > 0; aliases--)
        {
            ulong alias = reader.ReadUInt64();
            string name = reader.ReadString();
            metrics.ByAlias[alias] = (name, Definition(name, reader.ReadUInt32(), shape));
        }

        bool fits = shape is not null && metrics.ByName.Count <= SparkplugNodes.MaximumMetrics && nodes.TryReserve(metrics.ByName.Count);
        return new KeptBirth(fits && (flags & 1) != 0, fits && (flags & 2) != 0, fits ? metrics : SparkplugDefinitions.None);
    }

    private static SparkplugDefinition Definition(string name, uint type, SparkplugShape? shape) => new(shape?.Names.Find(Encoding.UTF8.GetBytes(name), default, out _), type);

    private readonly record struct KeptBirth(bool IsAlive, bool DiedWithNode, SparkplugDefinitions Metrics)
    {
        public static KeptBirth Of(SparkplugBirth birth) => new(birth.IsAlive, birth.DiedWithNode, birth.Metrics);

        public void CopyTo(SparkplugBirth birth) => (birth.IsAlive, birth.DiedWithNode, birth.Metrics) = (IsAlive, DiedWithNode, Metrics);

        public void Write(BinaryWriter writer)
        {
            writer.Write((byte)((IsAlive ? 1 : 0) | (DiedWithNode ? 2 : 0)));
            writer.Write(Metrics.ByName.Count);
            foreach (var (name, definition) in Metrics.ByName)
            {
                writer.Write(name);
                writer.Write(definition.DataType);
            }

            writer.Write(Metrics.ByAlias.Count);
            foreach (var (alias, (name, definition)) in Metrics.ByAlias)
            {
                writer.Write(alias);
                writer.Write(name);
                writer.Write(definition.DataType);
            }
        }
    }

    private sealed record KeptNode(string Key, ulong? BirthDeath, int Sequence, Instant AskedAt, KeptBirth Birth, (string Name, KeptBirth Birth)[] Devices)
    {
        public static KeptNode Of(string key, SparkplugNode node)
        {
            lock (node.Gate)
            {
                return new KeptNode(key, node.BirthDeathSequence, node.LastSequence, node.AskedAt, KeptBirth.Of(node.Birth), [.. node.Devices.Select(d => (d.Key, KeptBirth.Of(d.Value)))]);
            }
        }

        public void Write(BinaryWriter writer)
        {
            writer.Write(Key);
            writer.Write(BirthDeath is not null);
            if (BirthDeath is { } number)
            {
                writer.Write(number);
            }

            writer.Write((short)Sequence);
            writer.Write(AskedAt.UnixMilliseconds);
            Birth.Write(writer);
            writer.Write(Devices.Length);
            foreach (var (name, birth) in Devices)
            {
                writer.Write(name);
                birth.Write(writer);
            }
        }
    }
}
