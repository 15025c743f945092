using System.Text;
using Alatau.Iot.Core.Alarms;
using Alatau.Iot.Core.Assets;
using Alatau.Iot.Ingest.Journal;

namespace Alatau.Iot.Host.Recovery;

/// <summary>A person's request to an alarm as the journal keeps it: who, when, why, which alarm; by names, since handles are of one process.</summary>
/// <remarks>Payload, little endian: version (1 byte, 1), action (1 byte), shelving in ms (8 bytes, -1 for none), then site, asset, rule, alarm id (empty for any) and reason, each with its length before it
/// (7-bit encoded) in UTF-8. The record's client is who asked, its arrival is when.</remarks>
internal static class AlarmCommandRecord
{
    private const byte Version = 1;
    private const long NoShelving = -1;

    public static byte[] Payload(AlarmCommand command, AssetId asset)
    {
        using var bytes = new MemoryStream();
        using (var writer = new BinaryWriter(bytes, Encoding.UTF8, leaveOpen: true))
        {
            writer.Write(Version);
            writer.Write((byte)command.Action);
            writer.Write(command.ShelveFor is { } span ? (long)span.TotalMilliseconds : NoShelving);
            writer.Write(asset.Site);
            writer.Write(asset.Name);
            writer.Write(command.Rule);
            writer.Write(command.AlarmId ?? "");
            writer.Write(command.Why);
        }

        return bytes.ToArray();
    }

    public static JournalRecord Of(AlarmCommand command, byte[] payload, byte[] by) => new() { Kind = JournalKind.AlarmCommand, ReceivedAt = command.At, Client = by, Payload = payload };

    /// <summary>The request; false when the record is of another version or its asset isn't in the directory.</summary>
    public static bool TryRead(in JournalRecord record, AssetDirectory assets, out AlarmCommand? command)
    {
        command = null;
        try
        {
            using var reader = new BinaryReader(new MemoryStream(record.Payload.ToArray()), Encoding.UTF8);
            if (reader.ReadByte() != Version || reader.ReadByte() is var action && action > (byte)AlarmAction.ReturnToService)
            {
                return false;
            }

            long shelving = reader.ReadInt64();
            string site = reader.ReadString();
            string name = reader.ReadString();
            string rule = reader.ReadString();
            string alarmId = reader.ReadString();
            string why = reader.ReadString();
            if (!AssetId.TryOf(site, name, out var id) || !assets.TryFind(id, out var asset))
            {
                return false;
            }

            command = new AlarmCommand(
                asset,
                rule,
                (AlarmAction)action,
                record.ReceivedAt,
                Encoding.UTF8.GetString(record.Client),
                why,
                shelving == NoShelving ? null : TimeSpan.FromMilliseconds(shelving),
                alarmId.Length == 0 ? null : alarmId);
            return true;
        }
        catch (Exception e) when (e is EndOfStreamException or FormatException)
        {
            return false;
        }
    }
}
