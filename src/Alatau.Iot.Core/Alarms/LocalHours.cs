using Alatau.Iot.Core.Processing;
using Alatau.Iot.Core.Time;

namespace Alatau.Iot.Core.Alarms;

/// <summary>Whether hours of rules hold an instant at a site. Owned by one judge; allocates only when an instant leaves what is remembered: a few times a day for each site.</summary>
internal sealed class LocalHours(SiteDays days)
{
    private const int Remembered = 4;

    private Entry?[][] _byHours = [];

    public bool Hold(AlarmHours hours, int site, Instant instant)
    {
        var entry = Find(hours, site);
        for (int i = 0; i < entry.Spans.Length; i++)
        {
            ref var span = ref entry.Spans[i];
            if (instant >= span.From && instant < span.Until)
            {
                return span.Holds;
            }
        }

        // What is known reaches from the instant asked to the next change; an earlier instant before the same change lengthens it.
        bool holds = entry.Hours.Holds(instant);
        var until = holds ? entry.Hours.EndOf(instant) : entry.Hours.NextStart(instant);
        int at = Array.FindIndex(entry.Spans, s => s.Until == until && s.Holds == holds);
        if (at < 0)
        {
            at = entry.Next;
            entry.Next = (at + 1) % Remembered;
        }

        entry.Spans[at] = (instant, until, holds);
        return holds;
    }

    private Entry Find(AlarmHours hours, int site)
    {
        if (hours.Index >= _byHours.Length)
        {
            int known = _byHours.Length;
            Array.Resize(ref _byHours, hours.Index + 1);
            Array.Fill(_byHours, [], known, _byHours.Length - known);
        }

        ref var bySite = ref _byHours[hours.Index];
        if (site >= bySite.Length)
        {
            Array.Resize(ref bySite, site + 1);
        }

        return bySite[site] ??= new Entry(new WeeklyHours(days.ZoneOf(site), hours.Stretches));
    }

    private sealed class Entry(WeeklyHours hours)
    {
        public WeeklyHours Hours { get; } = hours;

        public (Instant From, Instant Until, bool Holds)[] Spans { get; } = new (Instant, Instant, bool)[Remembered];

        public int Next { get; set; }
    }
}
