namespace Alatau.Iot.Core.Alarms.Assessment;

/// <summary>Targets for alarm systems of ISA-18.2-2016, clause 16.4, tables 5 and 6, as cited by several vendors; IEC 62682 has the same.</summary>
public static class AlarmTargets
{
    /// <summary>Span that rates are counted in.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromMinutes(10);

    /// <summary>Alarms in a period that an operator can well handle, on average.</summary>
    public const double WellHandled = 1;

    /// <summary>Alarms in a period that an operator can handle at most, on average.</summary>
    public const double StillHandled = 2;

    /// <summary>More alarms than this in a period are a flood.</summary>
    public const int FloodAbove = 10;

    /// <summary>A flood lasts until a period holds fewer than this.</summary>
    public const int FloodEndsBelow = 5;

    /// <summary>Share of periods with more than <see cref="FloodAbove"/> alarms, and of time in flood: less than this.</summary>
    public const double FloodShare = 0.01;

    /// <summary>Share of the ten most frequent alarms in all: at most this.</summary>
    public const double TopTenShare = 0.05;

    /// <summary>Fewest alarms of which the share of the ten most frequent says anything: below it even ten different ones are more than the target.</summary>
    public const int FewestForTopTen = 200;

    /// <summary>An alarm that calls this often within <see cref="ChatterSpan"/> chatters; none should.</summary>
    public const int ChatterCalls = 3;

    public static readonly TimeSpan ChatterSpan = TimeSpan.FromSeconds(60);

    /// <summary>An alarm that is active for less than this is fleeting; none should be.</summary>
    public static readonly TimeSpan Fleeting = TimeSpan.FromSeconds(10);

    /// <summary>An alarm that is active for longer than this is stale.</summary>
    public static readonly TimeSpan Stale = TimeSpan.FromHours(24);

    /// <summary>Stale alarms at any time: fewer than this.</summary>
    public const int StaleFewerThan = 5;

    /// <summary>Low, medium and high with critical: 80, 15 and 5 %, critical among them less than 1 %; each may be 5 points worse.</summary>
    public const double LowShare = 0.80;
    public const double MediumShare = 0.15;
    public const double HighShare = 0.05;
    public const double CriticalShare = 0.01;
    public const double ShareTolerance = 0.05;

    /// <summary>Data that a judgement should rest on.</summary>
    public static readonly TimeSpan Base = TimeSpan.FromDays(30);
}
