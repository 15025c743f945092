using System.Globalization;

namespace Alatau.Iot.Simulator.Physics.Loads;

/// <summary>The mean power of each quarter hour of a customer who uses 1000 kWh a year.</summary>
/// <remarks>Immutable; any thread may read. The numbers are the BDEW profiles of 1999 (CC0), embedded beside this file.</remarks>
internal sealed class LoadShape
{
    internal const int QuarterHours = 96;

    private const string Resource = "Alatau.Iot.Simulator.Physics.Loads.standard-load-profiles-1999.txt";

    private static readonly Lazy<LoadShape[]> All = new(Load);

    private readonly double[][] watts = new double[9][];

    private LoadShape(LoadProfile profile) => Profile = profile;

    internal LoadProfile Profile { get; }

    internal static LoadShape Of(LoadProfile profile) => All.Value[(int)profile];

    /// <summary>The 96 mean powers of a kind of day, W, without dynamisation.</summary>
    internal ReadOnlySpan<double> Day(Season season, DayType dayType) => watts[((int)season * 3) + (int)dayType];

    /// <summary>The 96 mean powers of a date, W, with the household's dynamisation.</summary>
    internal double[] Day(DateOnly date, IReadOnlySet<(int Month, int Day)> holidays)
    {
        var day = Day(LoadCalendar.SeasonOf(date), LoadCalendar.DayTypeOf(date, holidays)).ToArray();
        if (Profile == LoadProfile.H0)
        {
            var factor = LoadCalendar.Dynamisation(date.DayOfYear);
            foreach (ref var value in day.AsSpan())
                value *= factor;
        }

        return day;
    }

    private static LoadShape[] Load()
    {
        var shapes = Enum.GetValues<LoadProfile>().Select(profile => new LoadShape(profile)).ToArray();
        using var stream = typeof(LoadShape).Assembly.GetManifestResourceStream(Resource)
            ?? throw new InvalidOperationException($"The embedded load profiles {Resource} are missing: the build is broken.");
        using var reader = new StreamReader(stream);
        while (reader.ReadLine() is { } line)
        {
            if (line.StartsWith('#'))
                continue;

            var words = line.Split(' ');
            var shape = shapes[(int)Enum.Parse<LoadProfile>(words[0])];
            var season = Enum.Parse<Season>(words[1], ignoreCase: true);
            var dayType = Enum.Parse<DayType>(words[2], ignoreCase: true);
            shape.watts[((int)season * 3) + (int)dayType] = [.. words.Skip(3).Select(word => double.Parse(word, CultureInfo.InvariantCulture))];
        }

        return shapes;
    }
}
