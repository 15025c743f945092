using Alatau.Iot.Core.Alarms;
using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Outages;
using Alatau.Iot.Core.Processing;
using Alatau.Iot.Core.Readings;
using Alatau.Iot.Core.Runtime;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Engine.Checkpoints;
using Alatau.Iot.Engine.Tests.Checkpoints;
using Alatau.Iot.Testing;
using Alatau.Iot.Testing.Assets;
using Alatau.Iot.Testing.Conformance;
using FsCheck;
using FsCheck.Fluent;

namespace Alatau.Iot.Engine.Tests.Outages;

/// <summary>A grid with feeders that die and return, and a platform that is killed at any instant: its outages and its members' alarms are the same as if it hadn't been. Steps of outages are records of the journal; the judge begins each life with a census.</summary>
public sealed class OutageKillProperties
{
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(10);
    private static readonly string[] s_branches = ["t1f1", "t1f2", "t1", "t2", "t1f1m1", "t2f1m2"];

#pragma warning disable VSTHRD002 // FsCheck's properties are synchronous; no synchronisation context exists.
    [Fact]
    public void AnyKill_ReplayMakesTheSameAlarmsAndTheJudgeGoesOn() => Prop.ForAll(
        Gen.Choose(0, int.MaxValue).ToArbitrary(),
        seed => new Story(seed).RunAsync().GetAwaiter().GetResult()).Check(Config.QuickThrowOnFailure.WithMaxTest(40).WithQuietOnSuccess(true));
#pragma warning restore VSTHRD002

    private sealed class Story(int seed)
    {
        private readonly Random _random = new(seed);
        private readonly List<object> _journal = [];
        private readonly HashSet<string> _dead = new(StringComparer.Ordinal);
        private readonly List<AlarmTransition> _told = [];
        private Instant _now = AssetUnderTest.Start;
        private string? _checkpoint;

        public async Task RunAsync()
        {
            using var folder = new TempFolder();
            string[] open = [];
            int lives = _random.Next(2, 5);
            for (int life = 0; life < lives; life++)
            {
                open = await LiveAsync(folder, open, isLast: life == lives - 1);
                _now += TimeSpan.FromSeconds(_random.Next(600));
            }

            // Every outage that was told of has ended, and its members' alarms are over.
            Assert.Empty(open);
            foreach (var alarm in _told.GroupBy(t => t.AlarmId, StringComparer.Ordinal))
            {
                Assert.True(alarm.Last().To is AlarmState.Normal or AlarmState.ReturnedUnacknowledged, $"{alarm.Last()}");
            }
        }

        private async Task<string[]> LiveAsync(TempFolder folder, string[] open, bool isLast)
        {
            var grid = new OutageGrid([[3, 3], [2]], interval: s_interval);
            var signs = new SignSink();
            var sink = new RecordingSink();
            var time = new ManualTime(_now.ToDateTimeOffset());
            var rules = new AlarmRuleSet([new AlarmRule("device-silent", "Silent", AlarmSeverity.Low, new SilenceCondition(null)), grid.Rule], EngineUnderTest.Catalog);
            await using var engine = new AssetEngine(
                EngineUnderTest.Catalog, grid.Directory, rules, [], new ProcessorOptions(), new EngineOptions { Shards = _random.Next(1, 4) }, [sink, signs], time, new DeafLog(), grid.Map);
            int position = 0;
            if (_checkpoint is null)
            {
                engine.BeginReplay();
            }
            else
            {
                var restored = engine.Restore(_checkpoint, (_, index) => index);
                Assert.Equal(RestoreVerdict.Restored, restored.Verdict);
                position = (int)restored.Position;
            }

            engine.Start();
            foreach (object record in _journal.Skip(position))
            {
                Post(engine, grid, record);
            }

            _journal.Add((_now, IsStart: true));
            await engine.GoLiveAsync(_now, CancellationToken.None);
            Tell(sink);
            Assert.Equal(open, await OpenAsync(engine, grid));
            signs.Listens = true;
            await engine.TakeCensusAsync(
                (asset, sign) =>
                {
                    lock (grid)
                    {
                        grid.Judge.Take(asset, sign);
                    }
                },
                (asset, start, isFolded) =>
                {
                    lock (grid)
                    {
                        grid.Judge.Restore(grid.Map.PlaceOf(asset)!, start, isFolded);
                    }
                },
                CancellationToken.None);

            for (int step = _random.Next(60); step > 0; step--)
            {
                if (_random.Next(8) == 0)
                {
                    string branch = s_branches[_random.Next(s_branches.Length)];
                    bool dies = _random.Next(2) == 0;
                    foreach (string name in grid.Named(branch))
                    {
                        _ = dies ? _dead.Add(name) : _dead.Remove(name);
                    }
                }

                await StepAsync(engine, grid, signs, time, folder);
            }

            if (isLast)
            {
                _dead.Clear();
                for (int step = 0; step < 5; step++)
                {
                    await StepAsync(engine, grid, signs, time, folder);
                }

                Assert.Equal("", grid.Open);
                open = [.. (await OpenAsync(engine, grid)).Where(a => !a.EndsWith(nameof(AlarmState.ReturnedUnacknowledged), StringComparison.Ordinal))];
                Tell(sink);
                return open;
            }

            await engine.StopAsync(CancellationToken.None);
            Tell(sink);
            return [.. _told.GroupBy(t => t.AlarmId, StringComparer.Ordinal).Select(g => g.Last()).Where(t => t.To != AlarmState.Normal).Select(t => $"{t.AlarmId} {t.To}").Order(StringComparer.Ordinal)];
        }

        /// <summary>Ten seconds: everybody alive reports, the platform listened, the judge looks, and what it decides is carried out.</summary>
        private async Task StepAsync(AssetEngine engine, OutageGrid grid, SignSink signs, ManualTime time, TempFolder folder)
        {
            _now += s_interval;
            foreach (string name in grid.Named("t").Where(n => !_dead.Contains(n)))
            {
                Append(engine, grid, (name, At: new Instant(_now.UnixMilliseconds - _random.Next(2000)), ReceivedAt: _now));
            }

            await engine.DrainAsync(CancellationToken.None);
            time.Step(s_interval);
            await engine.DrainAsync(CancellationToken.None);
            Append(engine, grid, (_now, IsStart: false));
            await engine.DrainAsync(CancellationToken.None);
            foreach (var (asset, sign) in signs.Take())
            {
                grid.Judge.Take(asset, sign);
            }

            var changes = new List<OutageChange>();
            grid.Judge.Judge(_now, changes);
            foreach (var change in changes)
            {
                Append(engine, grid, change.StepAt(_now));
            }

            await engine.DrainAsync(CancellationToken.None);
            if (_random.Next(10) == 0)
            {
                string file = Path.Combine(folder.Path, $"{_journal.Count}.ckp");
                await engine.BeginCheckpoint(file, _journal.Count, EngineUnderTest.Routes);
                _checkpoint = file;
            }
        }

        private void Append(AssetEngine engine, OutageGrid grid, object record)
        {
            _journal.Add(record);
            Post(engine, grid, record);
        }

        private static void Post(AssetEngine engine, OutageGrid grid, object record)
        {
            switch (record)
            {
                case OutageStep step:
                    Assert.True(engine.TryPostOutage(step, Task.CompletedTask, out _));
                    break;
                case ValueTuple<Instant, bool> mark:
                    Assert.True(engine.TryPostTime(mark.Item1, mark.Item2, Task.CompletedTask));
                    break;
                case ValueTuple<string, Instant, Instant> message:
                    var reading = new Reading(message.Item2, 230, 0, EngineUnderTest.Catalog.Id("voltage"), Quality.Good, ReadingOrigin.None);
                    Assert.True(engine.TryPost(new ReadingBatch(grid[message.Item1], message.Item3, 1, 0, [reading])));
                    break;
            }
        }

        private void Tell(RecordingSink sink)
        {
            foreach (var transition in sink.Transitions)
            {
                if (!_told.Any(t => t.AlarmId == transition.AlarmId && t.From == transition.From && t.To == transition.To && t.At == transition.At))
                {
                    _told.Add(transition);
                }
            }
        }

        private static async Task<string[]> OpenAsync(AssetEngine engine, OutageGrid grid)
        {
            var handles = Enumerable.Range(0, grid.Directory.Count).Select(i => new AssetHandle(i)).ToArray();
            return [.. (await engine.GetManyAsync(handles, CancellationToken.None)).SelectMany(s => s.Alarms).Select(a => $"{a.AlarmId} {a.State}").Order(StringComparer.Ordinal)];
        }
    }

    /// <summary>The story posts the marks itself.</summary>
    private sealed class DeafLog : IListeningLog
    {
        public void Ask(Instant now)
        {
            // Every step ends with one.
        }
    }

    private sealed class SignSink : IAssetUpdateSink
    {
        private readonly Lock _gate = new();
        private readonly List<(AssetHandle Asset, OutageSign Sign)> _signs = [];

        public bool Listens { get; set; }

        public void OnUpdate(int shard, AssetUpdate update)
        {
            if (Listens && update.Sign.Kind != OutageSignKind.None)
            {
                lock (_gate)
                {
                    _signs.Add((update.Asset, update.Sign));
                }
            }
        }

        public void OnPause(int shard)
        {
        }

        public (AssetHandle Asset, OutageSign Sign)[] Take()
        {
            lock (_gate)
            {
                (AssetHandle, OutageSign)[] taken = [.. _signs];
                _signs.Clear();
                return taken;
            }
        }
    }
}
