using System.Buffers.Binary;
using System.Text;
using Alatau.Iot.Core.Processing;
using Alatau.Iot.Core.Time;
using Microsoft.Win32.SafeHandles;

namespace Alatau.Iot.Engine.Checkpoints;

/// <summary>Reads a checkpoint file twice: first every checksum and count, then the states; so nothing is taken from a file that isn't whole.</summary>
internal sealed class CheckpointReader(AssetStateCodec codec, Func<string, byte, byte> routeOf)
{
    private const int HeadBytes = 2 * sizeof(long);

    private readonly List<RouteTotals> _totals = [];
    private byte[] _buffer = [];
    private int _assets;
    private int _blocks;
    private long _position;
    private Instant _takenAt;
    private StateNames? _names;

    /// <param name="keep">Gets every state.</param>
    public RestoreResult Read(string file, Action<AssetState> keep)
    {
        SafeFileHandle handle;
        try
        {
            handle = File.OpenHandle(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new RestoreResult(RestoreVerdict.Missing, e.Message);
        }

        using (handle)
        {
            try
            {
                return Verify(handle) ?? Take(handle, keep);
            }
            catch (IOException e)
            {
                return new RestoreResult(RestoreVerdict.Damaged, e.Message);
            }
        }
    }

    /// <returns>Null when the file is whole.</returns>
    private RestoreResult? Verify(SafeFileHandle handle)
    {
        long length = RandomAccess.GetLength(handle);
        long at = 0;
        long items = 0;
        uint seed = 0;
        Span<byte> header = stackalloc byte[CheckpointFormat.HeaderBytes];
        for (int number = 0; ; number++)
        {
            if (!ReadFully(handle, header, at))
            {
                return Bad(RestoreVerdict.Torn, at, "the file ends before its trailer");
            }

            var verdict = CheckpointFormat.Read(header, out var block);
            if (verdict != RestoreVerdict.Restored)
            {
                return Bad(verdict, at, "no block of this version begins here");
            }

            if (at + header.Length + block.Length > length)
            {
                return Bad(RestoreVerdict.Torn, at, "the file ends within a block");
            }

            var payload = ReadPayload(handle, at, block.Length);
            if (!CheckpointFormat.IsWhole(header, payload, seed) || block.Number != number || block.Kind == BlockKind.Head != (number == 0))
            {
                return Bad(RestoreVerdict.Damaged, at, "the checksum of the block is wrong");
            }

            at += header.Length + block.Length;
            items += block.Items;
            switch (block.Kind)
            {
                case BlockKind.Head when ReadHead(payload):
                    seed = CheckpointFormat.ChecksumOf(header);
                    break;
                case BlockKind.States or BlockKind.Memory:
                    break;
                case BlockKind.Trailer when at == length && ReadTrailer(payload) && items == _assets && number == _blocks:
                    return null;
                default:
                    return Bad(RestoreVerdict.Damaged, at, "the block doesn't say what it should");
            }
        }
    }

    private RestoreResult Take(SafeFileHandle handle, Action<AssetState> keep)
    {
        var tally = new StateTally();
        var memory = new List<byte[]>();
        Span<byte> header = stackalloc byte[CheckpointFormat.HeaderBytes];
        long at = 0;
        for (int number = 0; number < _blocks; number++)
        {
            ReadFully(handle, header, at);
            CheckpointFormat.Read(header, out var block);
            if (block.Kind == BlockKind.Memory)
            {
                memory.Add(ReadPayload(handle, at, block.Length).ToArray());
            }

            var payload = block.Kind == BlockKind.States ? ReadPayload(handle, at, block.Length) : default;
            while (!payload.IsEmpty)
            {
                switch (codec.Read(ref payload, _names!, tally, out var state))
                {
                    case StateVerdict.Restored:
                        keep(state!);
                        break;
                    case StateVerdict.AssetGone:
                        break;
                    default:
                        return Bad(RestoreVerdict.Damaged, at, "a state in the block can't be read");
                }
            }

            at += header.Length + block.Length;
        }

        Orphans = tally.Orphans;
        return new RestoreResult(RestoreVerdict.Restored)
        {
            Position = _position,
            TakenAt = _takenAt,
            Assets = tally.Assets,
            AssetsGone = tally.AssetsGone,
            MeasurandsGone = tally.MeasurandsGone,
            AlarmsClosed = tally.Orphans.Count,
            AlarmsAbandoned = tally.Abandoned,
            Totals = _totals,
            Memory = memory,
        };
    }

    /// <summary>Alarms to be closed, after a successful read.</summary>
    public IReadOnlyList<(AssetState State, Core.Alarms.AlarmTransition Last)> Orphans { get; private set; } = [];

    private bool ReadHead(ReadOnlySpan<byte> payload)
    {
        if (payload.Length < HeadBytes)
        {
            return false;
        }

        _position = BinaryPrimitives.ReadInt64LittleEndian(payload);
        _takenAt = new Instant(BinaryPrimitives.ReadInt64LittleEndian(payload[sizeof(long)..]));
        payload = payload[HeadBytes..];
        _names = codec.ReadNames(ref payload);
        return _names is not null;
    }

    private bool ReadTrailer(ReadOnlySpan<byte> payload)
    {
        try
        {
            using var reader = new BinaryReader(new MemoryStream(payload.ToArray()), Encoding.UTF8);
            _assets = reader.ReadInt32();
            _blocks = reader.ReadInt32();
            for (int routes = reader.ReadInt32(); routes > 0; routes--)
            {
                string name = reader.ReadString();
                byte route = reader.ReadByte();
                _totals.Add(new RouteTotals(routeOf(name, route), reader.ReadInt64(), reader.ReadInt64(), reader.ReadInt64()));
            }

            return true;
        }
        catch (Exception e) when (e is EndOfStreamException or FormatException)
        {
            return false;
        }
    }

    private ReadOnlySpan<byte> ReadPayload(SafeFileHandle handle, long at, int length)
    {
        if (_buffer.Length < length)
        {
            _buffer = new byte[length + (length / 4)];
        }

        var payload = _buffer.AsSpan(0, length);
        return ReadFully(handle, payload, at + CheckpointFormat.HeaderBytes) ? payload : default;
    }

    private static bool ReadFully(SafeFileHandle handle, Span<byte> target, long at)
    {
        while (!target.IsEmpty)
        {
            int read = RandomAccess.Read(handle, target, at);
            if (read == 0)
            {
                return false;
            }

            target = target[read..];
            at += read;
        }

        return true;
    }

    private static RestoreResult Bad(RestoreVerdict verdict, long at, string what) =>
        new(verdict, string.Create(System.Globalization.CultureInfo.InvariantCulture, $"byte {at}: {what}"));
}
