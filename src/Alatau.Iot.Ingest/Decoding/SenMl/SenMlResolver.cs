using System.Text;
using Alatau.Iot.Core.Quarantine;
using Alatau.Iot.Core.Readings;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Ingest.Decoding.Fields;
using Alatau.Iot.Ingest.Decoding.Json;

namespace Alatau.Iot.Ingest.Decoding.SenMl;

/// <summary>Resolves records (RFC 8428 clause 4.6): name = bn + n, time = bt + t, value = bv + v, unit = u or bu; then maps them.</summary>
internal ref struct SenMlResolver(SenMlShape shape, ReadOnlySpan<byte> payload, DecodeContext context, ReadingBuffer into, Span<byte> nameBuffer, Span<byte> deviceBuffer)
{
    /// <summary>Longest resolved name.</summary>
    internal const int LongestName = JsonText.Longest;

    /// <summary>Highest version of the format this decoder knows: 10 in RFC 8428 clause 4.4; drafts had 5.</summary>
    internal const int Version = 10;

    /// <summary>Times below are relative to now (RFC 8428 clause 4.5.3).</summary>
    private const double RelativeBelow = 1 << 28;

    private readonly ReadOnlySpan<byte> _payload = payload;
    private readonly DecodeContext _context = context;
    private readonly Span<byte> _nameBuffer = nameBuffer;
    private readonly Span<byte> _deviceBuffer = deviceBuffer;
    private ReadOnlySpan<byte> _device;
    private int _records;

    /// <summary>Why the pack can't be taken; has a meaning after <see cref="Add"/> answered false.</summary>
    public DecodeResult Refusal { get; private set; }

    /// <summary>Adds one record.</summary>
    public bool Add(scoped in SenMlRecord record)
    {
        _records++;
        if (!TryName(record, out int length))
        {
            return false;
        }

        if (record.Value == SenMlValue.None)
        {
            return true;
        }

        var name = _nameBuffer[..length];
        if (!IsName(name))
        {
            return Wrong($"name '{JsonText.Show(name)}' must begin with a letter or digit and hold only A-Z a-z 0-9 - : . / _ (RFC 8428 clause 4.5.1). Correct bn or n");
        }

        var unit = record.Unit.IsEmpty ? record.BaseUnit : record.Unit;
        var rule = shape.Names.Find(name, unit, out bool wholeNameIsDevice);
        if (rule is null)
        {
            return true;
        }

        (double scale, double offset) = (rule.UnitScale, rule.UnitOffset);
        if (!unit.IsEmpty && !UnitSymbols.TryConvert(unit, rule.Unit, out scale, out offset))
        {
            return Wrong($"unit '{JsonText.Show(unit)}' of '{JsonText.Show(name)}' does not become {rule.Unit}. Correct u or bu, or map the name to another measurand");
        }

        if (!TryDevice(name, wholeNameIsDevice))
        {
            return false;
        }

        var slot = record.Value switch
        {
            SenMlValue.Number => new Slot { Kind = SlotKind.Number, Number = record.Number + record.BaseValue },
            SenMlValue.True => new Slot { Kind = SlotKind.True },
            SenMlValue.False => new Slot { Kind = SlotKind.False },
            _ => new Slot { Kind = SlotKind.Text, Start = record.TextStart, Length = record.TextLength, Escaped = record.HasEscapes },
        };
        switch (rule.Convert(slot, _payload, scale, offset, out double value, out var quality))
        {
            case FieldVerdict.Nothing:
                return true;
            case FieldVerdict.Wrong:
                return Wrong($"the text of '{JsonText.Show(name)}' is no number and no state the profile knows. Add it to states");
        }

        return TryTime(record, out var measuredAt, out var origin) && TryAdd(rule, value, quality, measuredAt, origin);
    }

    /// <summary>The verdict on the whole pack.</summary>
    public readonly DecodeResult Finish()
    {
        into.EndSegments();
        if (into.Count > 0)
        {
            return DecodeResult.Decoded(into.Count);
        }

        return shape.IgnoresUnmapped && _records > 0
            ? DecodeResult.Ignored
            : DecodeResult.Quarantine(QuarantineReason.NothingMapped, $"None of {_records} records is mapped by the profile. Add their names to its fields.");
    }

    private bool TryAdd(FieldRule rule, double value, Quality quality, Instant measuredAt, ReadingOrigin origin)
    {
        if (!into.TryAdd(new Reading(default, value, 0, rule.Measurand, quality, ReadingOrigin.None)))
        {
            Refusal = DecodeResult.Quarantine(QuarantineReason.TooLarge, $"More than {ReadingBuffer.MaximumReadings} values in one pack. Send them in several.");
            return false;
        }

        into.Stamp(into.Count - 1, measuredAt, 0, origin);
        return true;
    }

    private bool TryTime(scoped in SenMlRecord record, out Instant measuredAt, out ReadingOrigin origin)
    {
        double time = record.BaseTime + record.Time;
        bool relative = time < RelativeBelow;
        origin = (relative ? ReadingOrigin.TimeOfArrival : ReadingOrigin.None) | (_context.Retained ? ReadingOrigin.Retained : ReadingOrigin.None);
        if (relative)
        {
            double milliseconds = Math.Floor(time * 1000);
            measuredAt = new Instant(_context.ReceivedAt.UnixMilliseconds + (milliseconds > -1e14 ? (long)milliseconds : 0));
            return milliseconds > -1e14 || Wrong("time is too far back. Correct bt or t");
        }

        return JsonTime.TryMilliseconds(time, 1000, out measuredAt) || Wrong("time is beyond the year 9999. Write seconds, not milliseconds, in bt and t");
    }

    private bool TryName(scoped in SenMlRecord record, out int length)
    {
        var buffer = _nameBuffer;
        length = 0;
        if (record.BaseName.Length + record.Name.Length > buffer.Length)
        {
            return Wrong("the name is longer than 512 bytes. Shorten bn and n");
        }

        length = Copy(record.BaseName, record.HasEscapes, buffer);
        length += Copy(record.Name, record.HasEscapes, buffer[length..]);
        return true;
    }

    private static int Copy(ReadOnlySpan<byte> text, bool hasEscapes, Span<byte> into)
    {
        if (hasEscapes && text.Contains((byte)'\\'))
        {
            return JsonText.Unescape(text, into).Length;
        }

        text.CopyTo(into);
        return text.Length;
    }

    private bool TryDevice(scoped ReadOnlySpan<byte> name, bool wholeNameIsDevice)
    {
        var buffer = _deviceBuffer;
        var device = wholeNameIsDevice ? name : name[..Math.Max(0, name.LastIndexOfAny((byte)':', (byte)'/'))];
        if (into.Count > 0 && device.SequenceEqual(_device))
        {
            return true;
        }

        if (into.Count > 0 && !shape.SplitsByName)
        {
            return Wrong($"'{JsonText.Show(name)}' is of another device than the records before it, and the profile takes a pack for one device. Set \"split\": \"name\" in the profile, or send a pack a device");
        }

        device.CopyTo(buffer);
        _device = buffer[..device.Length];
        if (shape.SplitsByName)
        {
            into.BeginSegment(Encoding.UTF8.GetString(device));
        }

        return true;
    }

    private bool Wrong(string what)
    {
        Refusal = DecodeResult.Quarantine(QuarantineReason.WrongField, $"Record {_records}: {what}.");
        return false;
    }

    private static bool IsName(ReadOnlySpan<byte> name)
    {
        if (name.IsEmpty || !char.IsAsciiLetterOrDigit((char)name[0]))
        {
            return false;
        }

        foreach (byte b in name)
        {
            if (!char.IsAsciiLetterOrDigit((char)b) && b is not ((byte)'-' or (byte)':' or (byte)'.' or (byte)'/' or (byte)'_'))
            {
                return false;
            }
        }

        return true;
    }
}
