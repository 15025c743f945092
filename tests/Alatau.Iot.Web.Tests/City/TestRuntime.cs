using Alatau.Iot.Core.Alarms;
using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Measurands;
using Alatau.Iot.Core.Processing;
using Alatau.Iot.Core.Readings;
using Alatau.Iot.Core.Runtime;
using Alatau.Iot.Core.Time;

namespace Alatau.Iot.Web.Tests.City;

/// <summary>A runtime by hand: the tests say what was measured and which alarm changed; it keeps the latest and calls the sinks as a shard would.</summary>
internal sealed class TestRuntime(AssetDirectory assets, MeasurandCatalog catalog, IEnumerable<IAssetUpdateSink> sinks, MemoryHistory history, TimeProvider clock) : IAssetRuntime
{
    private readonly Lock _gate = new();
    private readonly Dictionary<int, SortedDictionary<string, LatestValue>> _values = [];
    private readonly Dictionary<(AssetId Asset, string Rule), AlarmTransition> _alarms = [];
    private readonly Dictionary<string, Instant> _shelvedUntil = new(StringComparer.Ordinal);
    private readonly IAssetUpdateSink[] _sinks = [.. sinks];
    private readonly AssetUpdate _update = new();

    public int ShardCount => 1;

    /// <summary>Takes readings of one asset as if they had come by MQTT, and stores them.</summary>
    public void Measure(string asset, Instant at, params (string Name, double Value, Quality Quality)[] values)
    {
        lock (_gate)
        {
            assets.TryFind(Id(asset), out var handle);
            _update.Reset(handle, at, 0, 0);
            _update.Message = MessageOutcome.Stored;
            if (!_values.TryGetValue(handle.Index, out var latest))
            {
                _values[handle.Index] = latest = new SortedDictionary<string, LatestValue>(StringComparer.Ordinal);
            }

            foreach (var (name, value, quality) in values)
            {
                var measurand = catalog.Id(name);
                _update.Add(new Reading(at, value, 0, measurand, quality, ReadingOrigin.None));
                latest[name] = new LatestValue(measurand, value, at, quality);
                history.Add(Id(asset), measurand.Value, null, new(at, value, quality, null));
            }

            Emit();
        }
    }

    /// <summary>Moves the alarm of a rule to another state.</summary>
    public void Move(string asset, AlarmRule rule, AlarmState to, Instant at, double? value = null, string by = "platform", string why = "")
    {
        lock (_gate)
        {
            var id = Id(asset);
            assets.TryFind(id, out var handle);
            _alarms.TryGetValue((id, rule.Name), out var before);
            var raisedAt = before?.RaisedAt ?? at;
            var transition = new AlarmTransition(
                AlarmTransition.IdOf(id, rule.Name, raisedAt), id, rule.Name, rule.Title, rule.Severity, before?.To ?? AlarmState.Normal, to, at, raisedAt, value, by, why);
            if (to == AlarmState.Normal)
            {
                _alarms.Remove((id, rule.Name));
            }
            else
            {
                _alarms[(id, rule.Name)] = transition;
            }

            history.Add(transition);
            _update.Reset(handle, at, 0, 0);
            _update.Add(transition);
            Emit();
        }
    }

    public bool TryPost(in ReadingBatch batch) => throw new NotSupportedException("The tests measure by hand.");

    public ValueTask WaitForRoomAsync(AssetHandle asset, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public ValueTask<AssetSnapshot?> GetAsync(AssetHandle asset, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            return ValueTask.FromResult(Snapshot(asset));
        }
    }

    public ValueTask<IReadOnlyList<AssetSnapshot>> GetManyAsync(IReadOnlyList<AssetHandle> assets, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            return ValueTask.FromResult<IReadOnlyList<AssetSnapshot>>([.. assets.Select(Snapshot).OfType<AssetSnapshot>()]);
        }
    }

    public ValueTask<IReadOnlyList<SiteTotals>> GetTotalsAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            var now = Instant.Now(clock);
            var totals = new List<SiteTotals>();
            foreach (var site in assets.Snapshot().ToArray().Select((asset, index) => (asset, index)).GroupBy(a => a.asset.Id.Site))
            {
                double Sum(params AssetKind[] kinds) => site.Where(a => kinds.Contains(a.asset.Kind)).Sum(a => Math.Max(0, Power(a.index)));
                double load = Sum(AssetKind.Meter);
                double generation = Sum(AssetKind.Solar, AssetKind.Storage);
                int reporting = site.Count(a => _values.TryGetValue(a.index, out var v) && v.Values.Any(x => now - x.MeasuredAt < TimeSpan.FromMinutes(5)));
                totals.Add(new SiteTotals(site.Key, now, load, generation, load - generation, load * 7.3, generation * 4.1, site.Count(), reporting, _alarms.Keys.Count(k => k.Asset.Site == site.Key)));
            }

            return ValueTask.FromResult<IReadOnlyList<SiteTotals>>(totals);
        }
    }

    public ValueTask<AlarmCommandResult> SendAsync(AlarmCommand command, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            var id = assets[command.Asset].Id;
            if (!_alarms.TryGetValue((id, command.Rule), out var alarm))
            {
                return ValueTask.FromResult(AlarmCommandResult.Unknown);
            }

            var to = AlarmMachine.Next(alarm.To, Enum.Parse<AlarmInput>(command.Action.ToString()), isAbnormal: alarm.To != AlarmState.ReturnedUnacknowledged);
            if (to is null || to == alarm.To)
            {
                return ValueTask.FromResult(to is null ? AlarmCommandResult.NotAllowed : AlarmCommandResult.AlreadySo);
            }

            if (command.ShelveFor is { } span)
            {
                _shelvedUntil[alarm.AlarmId] = command.At + span;
            }

            Move(id.ToString(), new AlarmRule(alarm.Rule, alarm.Title, alarm.Severity, new SilenceCondition(null)), to.Value, command.At, null, command.By, command.Why);
            return ValueTask.FromResult(AlarmCommandResult.Done);
        }
    }

    public ValueTask DrainAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

    private static AssetId Id(string asset) => AssetId.TryParse(asset, out var id) ? id : throw new ArgumentException(asset, nameof(asset));

    private void Emit()
    {
        foreach (var sink in _sinks)
        {
            sink.OnUpdate(0, _update);
            sink.OnPause(0);
        }
    }

    private double Power(int index) => _values.TryGetValue(index, out var values) && values.TryGetValue("activePower", out var power) ? power.Value : 0;

    private AssetSnapshot? Snapshot(AssetHandle handle)
    {
        if (!_values.TryGetValue(handle.Index, out var values) || values.Count == 0)
        {
            return null;
        }

        var last = values.Values.Max(v => v.MeasuredAt);
        var id = assets[handle].Id;
        var alarms = _alarms.Values.Where(a => a.Asset == id)
            .Select(a => new AlarmView(a.AlarmId, a.Asset, a.Rule, a.Title, a.Severity, a.To, a.RaisedAt, a.At, a.Value, a.By, a.Why)
            {
                ShelvedUntil = a.To == AlarmState.Shelved && _shelvedUntil.TryGetValue(a.AlarmId, out var until) ? until : null,
            }).ToArray();
        return new AssetSnapshot(handle, last, last, [.. values.Values], alarms, values.Count);
    }
}
