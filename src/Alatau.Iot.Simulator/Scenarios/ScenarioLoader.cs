using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Files;
using Alatau.Iot.Core.Fleets;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Simulator.Devices;
using Alatau.Iot.Simulator.Dialects;
using Alatau.Iot.Simulator.Faults;
using Alatau.Iot.Simulator.Physics.Weather;
using Alatau.Iot.Simulator.Recordings;

namespace Alatau.Iot.Simulator.Scenarios;

/// <summary>Reads <c>devices/scenarios/&lt;name&gt;.json</c> and the fleet it names; reports every fault, returns null when there was one.</summary>
public static class ScenarioLoader
{
    /// <summary>Loads a scenario file.</summary>
    /// <param name="path">The file; its fleet lies in <c>../fleets</c> beside its folder.</param>
    /// <param name="faults">Takes what is wrong, in the scenario, its fleet and its recordings.</param>
    /// <param name="options">Null takes the defaults.</param>
    public static Scenario? Load(string path, FileFaults faults, ScenarioLoadOptions? options = null)
    {
        options ??= new ScenarioLoadOptions();
        if (Read(path, faults) is not { } bytes || FileNode.Parse(path, bytes, faults) is not { } root)
            return null;

        var before = faults.All.Count;
        var fleetFile = "";
        var fleet = root.Text("fleet") is { } fleetName ? LoadFleet(path, fleetName, root, faults, out fleetFile) : null;
        var recordings = root.Items("recordings").Select(node => RecordingReader.Read(node, path, options)).OfType<Recording>().ToList();
        if (!root.Has("fleet") && !root.Has("recordings"))
            root.Fault("Nobody reports in this scenario", "Name a fleet, or give it recordings");

        // With a fleet or recording that can't be read, assets would be missing that only its own faults take away.
        var known = faults.All.Count > before ? null : new HashSet<AssetId>((fleet?.Assets ?? []).Select(asset => asset.Id).Concat(recordings.Select(recording => recording.Asset)));
        var (start, instant) = ReadStart(root, fleet);
        var weather = root.Child("weather");
        var scenario = new Scenario
        {
            Name = Path.GetFileNameWithoutExtension(path),
            Fleet = fleet,
            FleetFile = fleetFile,
            Seed = (long)(root.Number("seed", -9e15, 9e15) ?? 1),
            Start = start,
            StartInstant = instant,
            Speed = PlaySpeed.Read(root) ?? 1,
            Duration = Positive(root, "duration"),
            CatchUpStep = Positive(root, "catchUpStep") ?? TimeSpan.FromMinutes(1),
            Intervals = ReadIntervals(root),
            QualityOfService = (int)(root.Number("qos", 0, 1) ?? 1),
            Sky = weather?.Choice<SkyCondition>("sky") ?? SkyCondition.Natural,
            TemperatureOffset = weather?.Number("temperatureOffset", -50, 50) ?? 0,
            Recordings = recordings,
            Faults = [.. root.Items("faults").Select(node => FaultReader.Read(node, known, fleet)).OfType<Fault>()],
        };
        weather?.ReportUnknown();
        root.ReportUnknown();
        if (scenario.Start == ScenarioStart.Today && scenario.Speed != 1)
            root.FaultAt("speed", "A scenario that starts today ends up live, where a second is a second", "Leave speed out, or start at an instant");
        if (scenario.Start == ScenarioStart.Recording && recordings.Count == 0 && options.OpenRecordings)
            root.FaultAt("recordings", "No recording could be read", "Correct its faults");
        foreach (var binding in (fleet?.Bindings ?? []).Where(binding => Dialect.Of(binding.Asset, binding, null) is null))
            faults.Add(fleetFile, "$.assets", $"The simulator does not speak profile '{binding.Profile}' of {binding.Asset}", $"Use one of: native, {string.Join(", ", Dialect.Profiles)}");
        if (fleet is not null && faults.All.Count == before)
            District.Create(fleetFile, fleet, scenario.Seed, scenario.Sky, scenario.TemperatureOffset, faults);
        return faults.All.Count > before ? null : scenario;
    }

    private static ReadOnlyMemory<byte>? Read(string path, FileFaults faults)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            faults.Add(path, "$", $"Can't be read: {e.Message}", "Name a file that exists and may be read");
            return null;
        }
    }

    private static Fleet? LoadFleet(string path, string name, FileNode root, FileFaults faults, out string file)
    {
        file = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, "..", "fleets", name + ".json"));
        if (!File.Exists(file))
        {
            root.FaultAt("fleet", $"There is no fleet '{name}'", $"Write it into {file}, or name another");
            return null;
        }

        return Read(file, faults) is { } bytes ? FleetReader.Read(file, bytes, faults) : null;
    }

    private static (ScenarioStart Start, Instant Instant) ReadStart(FileNode root, Fleet? fleet)
    {
        var text = root.Text("start");
        switch (text)
        {
            case null:
                return (fleet is null ? ScenarioStart.Recording : ScenarioStart.Now, default);
            case "now":
                return (ScenarioStart.Now, default);
            case "today":
                return (ScenarioStart.Today, default);
            default:
                if (!Instant.TryParse(text, out var instant))
                    root.FaultAt("start", $"'{text}' is no start", "Write now, today, or an instant with its offset such as 2026-06-21T00:00:00+05:00");
                return (ScenarioStart.Instant, instant);
        }
    }

    private static TimeSpan? Positive(FileNode node, string name)
    {
        var span = node.Duration(name);
        if (span is { } value && value <= TimeSpan.Zero)
            node.FaultAt(name, "Must be longer than nothing", "Write for example 5s");
        return span;
    }

    private static Dictionary<AssetKind, TimeSpan> ReadIntervals(FileNode root)
    {
        var intervals = new Dictionary<AssetKind, TimeSpan>();
        if (root.Child("reportingIntervals") is not { } node)
            return intervals;
        foreach (var kind in Enum.GetValues<AssetKind>().Where(kind => kind != AssetKind.Unknown))
        {
            var name = kind.ToString();
            if (node.Duration(char.ToLowerInvariant(name[0]) + name[1..]) is not { } interval)
                continue;
            if (interval < TimeSpan.FromMilliseconds(100))
                node.FaultAt(char.ToLowerInvariant(name[0]) + name[1..], "Devices report at most ten times a second", "Write 100ms or more");
            intervals[kind] = interval;
        }

        node.ReportUnknown();
        return intervals;
    }
}
