using System.Text;
using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Outages;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Ingest.Journal;

namespace Alatau.Iot.Host.Recovery;

/// <summary>A step of an outage as the journal keeps it, by names, since handles are of one process.</summary>
/// <remarks>Payload, little endian: version (1 byte, 1), action (1 byte), start (8 bytes, Unix ms), customers (4 bytes), then site and asset of the place, site and asset of the wider outage's place (empty for none)
/// and the reason, each with its length before it (7-bit encoded) in UTF-8. The record's arrival is when it was decided.</remarks>
internal static class OutageRecord
{
    private const byte Version = 1;

    public static byte[] Payload(OutageStep step, AssetDirectory assets)
    {
        var place = assets[step.Place].Id;
        using var bytes = new MemoryStream();
        using (var writer = new BinaryWriter(bytes, Encoding.UTF8, leaveOpen: true))
        {
            writer.Write(Version);
            writer.Write((byte)step.Action);
            writer.Write(step.Start.UnixMilliseconds);
            writer.Write(step.Customers);
            writer.Write(place.Site);
            writer.Write(place.Name);
            writer.Write(step.Into is { } into ? assets[into].Id.Site : "");
            writer.Write(step.Into is { } wider ? assets[wider].Id.Name : "");
            writer.Write(step.Why);
        }

        return bytes.ToArray();
    }

    public static JournalRecord Of(OutageStep step, byte[] payload) => new() { Kind = JournalKind.Outage, ReceivedAt = step.At, Payload = payload };

    /// <summary>The step; false when the record is of another version or a place of it isn't in the directory.</summary>
    public static bool TryRead(in JournalRecord record, AssetDirectory assets, out OutageStep? step)
    {
        step = null;
        try
        {
            using var reader = new BinaryReader(new MemoryStream(record.Payload.ToArray()), Encoding.UTF8);
            if (reader.ReadByte() != Version || reader.ReadByte() is var action && action > (byte)OutageAction.End)
            {
                return false;
            }

            var start = new Instant(reader.ReadInt64());
            int customers = reader.ReadInt32();
            bool isPlace = TryFind(reader, assets, out var place);
            bool isWider = TryFind(reader, assets, out var into);
            string why = reader.ReadString();
            if (!isPlace || (!isWider && action == (byte)OutageAction.Fold))
            {
                return false;
            }

            step = new OutageStep((OutageAction)action, place, record.ReceivedAt, start, customers, why, isWider ? into : null);
            return true;
        }
        catch (Exception e) when (e is EndOfStreamException or FormatException)
        {
            return false;
        }
    }

    private static bool TryFind(BinaryReader reader, AssetDirectory assets, out AssetHandle handle)
    {
        string site = reader.ReadString();
        string name = reader.ReadString();
        handle = default;
        return AssetId.TryOf(site, name, out var id) && assets.TryFind(id, out handle);
    }
}
