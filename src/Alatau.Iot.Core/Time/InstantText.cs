namespace Alatau.Iot.Core.Time;

/// <summary>Reads date-times in the form of RFC 3339 section 5.6 from UTF-8 without a string.</summary>
public static class InstantText
{
    /// <summary>Reads <c>YYYY-MM-DDThh:mm[:ss[.f…]][Z|±hh:mm]</c>; a blank may stand for T.</summary>
    /// <param name="utf8">The text, nothing before or after it.</param>
    /// <param name="requireOffset">True: a text without offset is refused. False: it is read as UTC and <paramref name="hasOffset"/> says so.</param>
    /// <param name="instant">The instant, cut to milliseconds. A leap second (:60) is read as the last millisecond before it.</param>
    /// <param name="hasOffset">Whether Z or an offset was there; when false the caller subtracts its zone's offset.</param>
    public static bool TryParse(ReadOnlySpan<byte> utf8, bool requireOffset, out Instant instant, out bool hasOffset)
    {
        instant = default;
        hasOffset = false;
        if (utf8.Length < 16
            || !Digits(utf8, 0, 4, out int year) || utf8[4] != '-'
            || !Digits(utf8, 5, 2, out int month) || utf8[7] != '-'
            || !Digits(utf8, 8, 2, out int day) || utf8[10] is not ((byte)'T' or (byte)'t' or (byte)' ')
            || !Digits(utf8, 11, 2, out int hour) || utf8[13] != ':'
            || !Digits(utf8, 14, 2, out int minute))
        {
            return false;
        }

        int at = 16;
        int second = 0;
        int millisecond = 0;
        if (at < utf8.Length && utf8[at] == ':')
        {
            if (!Digits(utf8, at + 1, 2, out second))
            {
                return false;
            }

            at += 3;
            if (at < utf8.Length && utf8[at] is (byte)'.' or (byte)',')
            {
                int start = ++at;
                for (int scale = 100; at < utf8.Length && (uint)(utf8[at] - '0') <= 9; at++, scale /= 10)
                {
                    millisecond += (utf8[at] - '0') * scale;
                }

                if (at == start)
                {
                    return false;
                }
            }
        }

        if (month is < 1 or > 12 || day < 1 || year < 1 || day > DateTime.DaysInMonth(year, month) || hour > 23 || minute > 59 || second > 60)
        {
            return false;
        }

        if (second == 60)
        {
            second = 59;
            millisecond = 999;
        }

        if (!TryOffset(utf8[at..], out int offsetMinutes, out hasOffset) || (requireOffset && !hasOffset))
        {
            return false;
        }

        long days = new DateTime(year, month, day, 0, 0, 0, DateTimeKind.Utc).Ticks / TimeSpan.TicksPerDay - 719_162;
        instant = new Instant((((((days * 24) + hour) * 60) + minute - offsetMinutes) * 60_000) + (second * 1000) + millisecond);
        return true;
    }

    private static bool TryOffset(ReadOnlySpan<byte> rest, out int minutes, out bool hasOffset)
    {
        minutes = 0;
        hasOffset = true;
        if (rest.IsEmpty)
        {
            hasOffset = false;
            return true;
        }

        if (rest.Length == 1 && rest[0] is (byte)'Z' or (byte)'z')
        {
            return true;
        }

        bool withColon = rest.Length == 6 && rest[3] == ':';
        if ((!withColon && rest.Length != 5) || rest[0] is not ((byte)'+' or (byte)'-')
            || !Digits(rest, 1, 2, out int hours) || !Digits(rest, withColon ? 4 : 3, 2, out int rem) || hours > 23 || rem > 59)
        {
            return false;
        }

        minutes = (hours * 60) + rem;
        minutes = rest[0] == '-' ? -minutes : minutes;
        return true;
    }

    private static bool Digits(ReadOnlySpan<byte> utf8, int at, int count, out int value)
    {
        value = 0;
        if (at + count > utf8.Length)
        {
            return false;
        }

        foreach (byte b in utf8.Slice(at, count))
        {
            uint digit = (uint)(b - '0');
            if (digit > 9)
            {
                return false;
            }

            value = (value * 10) + (int)digit;
        }

        return true;
    }
}
