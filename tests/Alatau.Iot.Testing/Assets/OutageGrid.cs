using Alatau.Iot.Core.Alarms;
using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Outages;
using Alatau.Iot.Core.Time;

namespace Alatau.Iot.Testing.Assets;

/// <summary>Transformers <c>t1</c>…, each with feeders <c>t1f1</c>…, each with meters <c>t1f1m1</c>…; and a judge over it. Seconds count from <see cref="AssetUnderTest.Start"/>.</summary>
public sealed class OutageGrid
{
    public const string Site = "green";

    private readonly List<OutageChange> _changes = [];

    /// <param name="feeders">Meters of each feeder, by transformer.</param>
    /// <param name="condition">Null for the defaults.</param>
    /// <param name="interval">Of every asset.</param>
    /// <param name="gateways">What of it is reached through what; none for no connection that is judged.</param>
    /// <param name="connection">How those are judged; null for the defaults.</param>
    public OutageGrid(int[][] feeders, OutageCondition? condition = null, TimeSpan? interval = null, IReadOnlyList<GridGateway>? gateways = null, OutageCondition? connection = null)
    {
        condition ??= new OutageCondition(OutageCondition.DefaultShare, OutageCondition.DefaultAtLeast, OutageCondition.DefaultWithin, OutageCondition.DefaultStragglers);
        Interval = interval ?? TimeSpan.FromMinutes(1);
        Rule = new AlarmRule("outage", "Outage", AlarmSeverity.Critical, condition) { Kinds = [AssetKind.Feeder, AssetKind.Transformer] };
        for (int t = 1; t <= feeders.Length; t++)
        {
            var transformer = Add($"t{t}", AssetKind.Transformer, null);
            for (int f = 1; f <= feeders[t - 1].Length; f++)
            {
                var feeder = Add($"t{t}f{f}", AssetKind.Feeder, transformer);
                for (int m = 1; m <= feeders[t - 1][f - 1]; m++)
                {
                    Add($"t{t}f{f}m{m}", AssetKind.Meter, feeder);
                }
            }
        }

        connection ??= new OutageCondition(OutageCondition.DefaultConnectionShare, OutageCondition.DefaultAtLeast, OutageCondition.DefaultWithin, OutageCondition.DefaultStragglers) { IsConnection = true };
        ConnectionRule = new AlarmRule("gateway-silent", "Gateway", AlarmSeverity.High, connection) { Kinds = [AssetKind.Gateway, AssetKind.Bridge] };
        foreach (var gateway in gateways ?? [])
        {
            Add(gateway.Name, gateway.Name.StartsWith('b') ? AssetKind.Bridge : AssetKind.Gateway, gateway.FedBy is { } above ? AssetId.Of(Site, above) : null);
        }

        foreach (var gateway in gateways ?? [])
        {
            foreach (string name in gateway.Devices.SelectMany(d => d.EndsWith('*') ? Named(d[..^1]) : [d]))
            {
                Through[AssetId.Of(Site, name)] = AssetId.Of(Site, gateway.Name);
            }
        }

        Map = new OutageMap(Directory, FedBy, [Rule, ConnectionRule], through: Through);
        Judge = new OutageJudge(Map);
    }

    public AlarmRule Rule { get; }

    /// <summary>The rule of gateways and bridges.</summary>
    public AlarmRule ConnectionRule { get; }

    public TimeSpan Interval { get; }

    public AssetDirectory Directory { get; } = new();

    public Dictionary<AssetId, AssetId> FedBy { get; } = [];

    /// <summary>What is reached through which gateway.</summary>
    public Dictionary<AssetId, AssetId> Through { get; } = [];

    public OutageMap Map { get; }

    public OutageJudge Judge { get; }

    /// <summary>All that the judge wanted so far, as <c>Begin t1f1 3/4</c>: action, place, silent of heard meters.</summary>
    public List<string> Steps { get; } = [];

    /// <summary>Open outages, by place, with their start in seconds; folded ones in brackets.</summary>
    public string Open => string.Join(' ', Map.Places
        .Select(p => (p.Id.Name, View: Judge.View(p)))
        .Where(p => p.View is not null)
        .Select(p => FormattableString.Invariant($"{(p.View!.Into is null ? p.Name : $"({p.Name})")}@{(p.View.Start - AssetUnderTest.Start).TotalSeconds}")));

    public AssetHandle this[string name] => Directory.TryFind(AssetId.Of(Site, name), out var handle) ? handle : throw new ArgumentException($"There is no {name}.", nameof(name));

    /// <summary>Every asset, or those whose name begins so, is heard.</summary>
    public OutageGrid HearAll(double seconds, string prefix = "t")
    {
        foreach (var asset in Named(prefix))
        {
            Hear(asset, seconds);
        }

        return this;
    }

    public OutageGrid Hear(string name, double seconds) => Take(name, new OutageSign(OutageSignKind.Heard, AssetUnderTest.At(seconds), 0));

    /// <summary>Its last measurement was at <paramref name="lastSeconds"/>, and it is silent by now.</summary>
    public OutageGrid Lose(string name, double lastSeconds) => Take(name, new OutageSign(OutageSignKind.Silent, AssetUnderTest.At(lastSeconds), (long)Interval.TotalMilliseconds));

    public OutageGrid LoseAll(string prefix, double lastSeconds)
    {
        foreach (string asset in Named(prefix))
        {
            Lose(asset, lastSeconds);
        }

        return this;
    }

    public OutageGrid Gasp(string name, double seconds) => Take(name, new OutageSign(OutageSignKind.Gasp, AssetUnderTest.At(seconds), 0));

    public OutageGrid Take(string name, OutageSign sign)
    {
        Judge.Take(this[name], sign);
        return this;
    }

    /// <summary>Judges at an instant.</summary>
    public OutageGrid At(double seconds)
    {
        _changes.Clear();
        Judge.Judge(AssetUnderTest.At(seconds), _changes);
        Steps.AddRange(_changes.Select(c => $"{c.Action} {c.Place.Id.Name} {c.Silent}/{c.Meters}"));
        return this;
    }

    /// <summary>Judges at an instant, and again when everything that waits has waited long enough.</summary>
    public OutageGrid Settle(double seconds)
    {
        // The end of one outage may show another, and that once more above it.
        At(seconds);
        for (int round = 1; Judge.IsWaiting && round < 10; round++)
        {
            At(seconds + (round * 200));
        }

        return this;
    }

    public IEnumerable<string> Named(string prefix)
    {
        for (int i = 0; i < Directory.Count; i++)
        {
            string name = Directory[new AssetHandle(i)].Id.Name;
            if (name.StartsWith(prefix, StringComparison.Ordinal))
            {
                yield return name;
            }
        }
    }

    private AssetId Add(string name, AssetKind kind, AssetId? parent)
    {
        var id = AssetId.Of(Site, name);
        Directory.TryRegister(new Asset(id, name, kind) { ReportingInterval = Interval }, out _);
        if (parent is { } above)
        {
            FedBy[id] = above;
        }

        return id;
    }
}
