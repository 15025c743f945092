using Alatau.Iot.Core.Alarms;
using Alatau.Iot.Core.Ledgers;
using Alatau.Iot.Core.Readings;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Engine.Checkpoints;
using Alatau.Iot.Testing;
using FsCheck;
using FsCheck.Fluent;

namespace Alatau.Iot.Engine.Tests.Checkpoints;

/// <summary>Several lives, each ended by a kill and begun from the last checkpoint and the journal, with downtime between: whatever happens when, what was told of alarms and what is restored are the same.</summary>
public sealed class KillProperties
{
    private static readonly TimeSpan s_silence = TimeSpan.FromMinutes(5);

#pragma warning disable VSTHRD002 // FsCheck's properties are synchronous; no synchronisation context exists.
    [Fact]
    public void Kills_AnyNumberAtAnyInstant_LeaveNoGhostAndReportNoDowntimeAsSilence() => Prop.ForAll(
        Gen.Choose(0, int.MaxValue).ToArbitrary(),
        seed => new Lives(seed).PlayAsync().GetAwaiter().GetResult()).Check(Config.QuickThrowOnFailure.WithMaxTest(200).WithQuietOnSuccess(true));
#pragma warning restore VSTHRD002

    private sealed class Lives(int seed)
    {
        private readonly Random _random = new(seed);
        private readonly List<JournalMessage> _journal = [];
        private readonly List<AlarmTransition> _told = [];
        private readonly List<(Instant From, Instant To)> _lives = [];
        private Instant _now = Instant.From(ManualTime.DefaultStart);
        private string? _checkpoint;

        public async Task PlayAsync()
        {
            using var folder = new TempFolder();
            for (int life = 0; life < 4; life++)
            {
                await LiveAsync(folder);
                _now += TimeSpan.FromSeconds(_random.Next(3) == 0 ? _random.Next(20_000) : _random.Next(400));
            }

            foreach (var steps in _told.GroupBy(t => t.AlarmId))
            {
                var state = AlarmState.Normal;
                foreach (var step in steps)
                {
                    Assert.True(step.From == state, $"{step.AlarmId}: {state} is followed by {step.From}->{step.To} at {step.At}");
                    state = step.To;
                }
            }

            foreach (var silent in _told.Where(t => t is { Rule: "device-silent", From: AlarmState.Normal, To: AlarmState.Unacknowledged }))
            {
                Assert.Contains(_lives, l => silent.At >= l.From + s_silence && silent.At <= l.To);
            }
        }

        private async Task LiveAsync(TempFolder folder)
        {
            var log = new AskedLog();
            await using var engine = new EngineUnderTest(new ManualTime(_now.ToDateTimeOffset()), _random.Next(1, 4), null, log);
            long position = 0;
            if (_checkpoint is null)
            {
                engine.Engine.BeginReplay();
            }
            else
            {
                var restored = engine.Engine.Restore(_checkpoint, (_, index) => index);
                Assert.Equal(RestoreVerdict.Restored, restored.Verdict);
                position = restored.Position;
            }

            engine.Engine.Start();
            foreach (var message in _journal.Skip((int)position))
            {
                await engine.PostAsync(message);
            }

            var began = _now;
            _journal.Add(new JournalMessage(_journal.Count + 1, _now, 0, "", []) { IsStart = true });
            await engine.Engine.GoLiveAsync(_now, CancellationToken.None);
            Tell(engine);
            Assert.Equal(Told(), await OpenAsync(engine));
            AssertAccount(engine);
            int listened = engine.Sink.Transitions.Count;

            for (int step = _random.Next(40); step > 0; step--)
            {
                await StepAsync(engine, log, folder);
            }

            await engine.Engine.StopAsync(CancellationToken.None);
            AssertAccount(engine);
            Assert.True(engine.Sink.Transitions.Count >= listened);
            Tell(engine);
            _lives.Add((began, _now));
        }

        private async Task StepAsync(EngineUnderTest engine, AskedLog log, TempFolder folder)
        {
            _now += TimeSpan.FromMilliseconds(_random.Next(4) == 0 ? _random.Next(400_000) : _random.Next(30_000));
            await engine.AdvanceToAsync(_now);
            if (log.IsAsked && _random.Next(4) > 0)
            {
                log.IsAsked = false;
                await AppendAsync(engine, new JournalMessage(_journal.Count + 1, _now, 0, "", []) { IsStart = _random.Next(10) == 0 });
            }

            for (int i = _random.Next(4); i > 0; i--)
            {
                string asset = $"fleet-{_random.Next(5)}";
                if (_random.Next(4) == 0)
                {
                    await AppendAsync(engine, new JournalMessage(_journal.Count + 1, _now, 0, asset, []) { Rule = EngineUnderTest.Rules[_random.Next(2)].Name, Action = (AlarmAction)_random.Next(3) });
                    continue;
                }

                var at = new Instant(_now.UnixMilliseconds - _random.Next(2000));
                var reading = new Reading(at, 248 + (_random.NextDouble() * 8), 0, EngineUnderTest.Catalog.Id("voltage"), Quality.Good, ReadingOrigin.None);
                await AppendAsync(engine, new JournalMessage(_journal.Count + 1, _now, _random.Next(6) == 0 ? Ledger.Apart : (byte)_random.Next(3), asset, [reading]));
            }

            if (_random.Next(10) == 0)
            {
                string file = Path.Combine(folder.Path, $"{_journal.Count}-{_lives.Count}.ckp");
                await engine.Engine.BeginCheckpoint(file, _journal.Count, EngineUnderTest.Routes);
                _checkpoint = file;
            }
        }

        /// <summary>Every message of others is decided once, by its route, whatever was killed; requests, marks of time and what the platform says of itself are in no account.</summary>
        private void AssertAccount(EngineUnderTest engine)
        {
            var expected = _journal.Where(m => m.Rule is null && m.IsStart is null && m.Route != Ledger.Apart).GroupBy(m => m.Route).Select(g => (g.Key, (long)g.Count())).Order();
            Assert.Equal(expected, engine.Engine.Totals.Select(t => (t.Route, t.Stored + t.Duplicate + t.Quarantined)).Order());
        }

        private async Task AppendAsync(EngineUnderTest engine, JournalMessage message)
        {
            _journal.Add(message);
            await engine.PostAsync(message);
        }

        /// <summary>What a store keeps: each step once, in the order in which it was first told.</summary>
        private void Tell(EngineUnderTest engine)
        {
            foreach (var transition in engine.Sink.Transitions)
            {
                if (!_told.Any(t => t.AlarmId == transition.AlarmId && t.From == transition.From && t.To == transition.To && t.At == transition.At))
                {
                    _told.Add(transition);
                }
            }
        }

        private string[] Told() => [.. _told.GroupBy(t => t.AlarmId).Select(g => g.Last()).Where(t => t.To != AlarmState.Normal).Select(t => $"{t.AlarmId} {t.To}").Order(StringComparer.Ordinal)];

        private static async Task<string[]> OpenAsync(EngineUnderTest engine)
        {
            var open = new List<string>();
            for (int i = 0; i < engine.Directory.Count; i++)
            {
                var snapshot = await engine.Engine.GetAsync(new Core.Assets.AssetHandle(i), CancellationToken.None);
                open.AddRange(snapshot?.Alarms.Select(a => $"{a.AlarmId} {a.State}") ?? []);
            }

            return [.. open.Order(StringComparer.Ordinal)];
        }
    }

    private sealed class AskedLog : IListeningLog
    {
        private volatile bool _isAsked;

        public bool IsAsked
        {
            get => _isAsked;
            set => _isAsked = value;
        }

        public void Ask(Instant now) => _isAsked = true;
    }
}
