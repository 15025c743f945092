using System.Globalization;
using System.Reactive.Concurrency;
using Alatau.Iot.Core.Alarms;
using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Files;
using Alatau.Iot.Core.Observation;
using Alatau.Iot.Core.Subscriptions;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Notifications.Dispatching;
using Alatau.Iot.Notifications.Keeping;
using Alatau.Iot.Notifications.Subscriptions;
using Microsoft.Extensions.Logging;

namespace Alatau.Iot.Notifications.Desk;

/// <summary>The subscriptions of people: runs them, lets people change and test them, and follows every delivery.</summary>
internal sealed class SubscriptionDesk : ISubscriptionDesk, ISubscriptionSource, IMetricSource, IReadinessCheck, IAsyncDisposable
{
    private const string TargetGone = "The subscription or its target is gone.";
    private static readonly AssetId s_testAsset = AssetId.Of("test", "test");

    private readonly SemaphoreSlim _edits = new(1, 1);
    private readonly Lock _random = new();
    private readonly SubscriptionSetup _setup;
    private readonly IObservable<AlarmTransition> _transitions;
    private readonly DeliveryDesk _desk;
    private readonly DeliveryBook _book;
    private readonly NotificationKeeper _keeper;
    private volatile IReadOnlyDictionary<string, SubscriptionRunner> _runners;
    private long _tests;
    private int _ended;

    /// <summary>Takes up what waited when the platform stopped, and begins.</summary>
    /// <param name="setup">The subscriptions.</param>
    /// <param name="transitions">Steps of all alarms.</param>
    /// <param name="options">Bounds and patience.</param>
    /// <param name="scheduler">Where everything runs; the thread pool's in production.</param>
    /// <param name="random">Of the jitter.</param>
    /// <param name="kindOf">Kind of an asset.</param>
    /// <param name="clock">Paces the disk.</param>
    /// <param name="logger">Told of damage and of a disk that refuses.</param>
    /// <exception cref="IOException">The folder of what is kept can't be made or read.</exception>
    public SubscriptionDesk(
        SubscriptionSetup setup,
        IObservable<AlarmTransition> transitions,
        DispatchOptions options,
        IScheduler scheduler,
        Random random,
        Func<AssetId, AssetKind> kindOf,
        TimeProvider clock,
        ILogger<NotificationKeeper> logger)
    {
        (_setup, _transitions) = (setup, transitions);
        _book = new DeliveryBook(options.History);
        _keeper = new NotificationKeeper(setup.Folder, _book.All, clock, logger);
        _desk = new DeliveryDesk(options, scheduler, Jitter, _book, _keeper, kindOf, (target, name) => setup.Means.First(m => m.Name == target.Means).Make(target, name));
        _runners = setup.Subscriptions.ToDictionary(s => s.Subscription.Name, s => new SubscriptionRunner(s, _desk, Remembered(s.Subscription.Name)), StringComparer.Ordinal);
        foreach (var delivery in _keeper.Found)
        {
            _book.Restore(delivery);
            if (delivery.State == DeliveryState.Waiting && !Offer(delivery))
            {
                _desk.GiveUp(delivery, TargetGone);
            }
        }

        foreach (var runner in _runners.Values)
        {
            runner.Start(transitions);
        }

        double Jitter()
        {
            lock (_random)
            {
                return random.NextDouble();
            }
        }
    }

    public string Name => _keeper.Name;

    public IReadOnlyList<SubscriptionView> List() => [.. _runners.Values.Select(r => r.View()).OrderBy(v => v.Name, StringComparer.Ordinal)];

    public string? Definition(string name) => _runners.GetValueOrDefault(name) is { } runner ? Desk.Definition.Shown(runner.Loaded.Json) : null;

    public async ValueTask<SubscriptionEdit> SaveAsync(string name, ReadOnlyMemory<byte> json, CancellationToken cancellationToken)
    {
        await _edits.WaitAsync(cancellationToken);
        try
        {
            var before = _runners.GetValueOrDefault(name);
            if (before is { Loaded.IsFile: true })
            {
                return new SubscriptionEdit(SubscriptionVerdict.NotHere, []);
            }

            var whole = Desk.Definition.Completed(json, before?.Loaded.Json);
            var faults = new FileFaults();
            if (_setup.Reader.Read(name, name, whole, mayHoldSecrets: true, faults) is not { } subscription)
            {
                return new SubscriptionEdit(SubscriptionVerdict.Faulty, faults.All);
            }

            Directory.CreateDirectory(_setup.KeptFolder);
            KeptFile.Write(FileOf(name), whole.Span);
            Replace(name, new LoadedSubscription(subscription, IsFile: false, whole));
            return new SubscriptionEdit(before is null ? SubscriptionVerdict.Created : SubscriptionVerdict.Replaced, []);
        }
        finally
        {
            _edits.Release();
        }
    }

    public async ValueTask<SubscriptionEdit> RemoveAsync(string name, CancellationToken cancellationToken)
    {
        await _edits.WaitAsync(cancellationToken);
        try
        {
            if (_runners.GetValueOrDefault(name) is not { } runner)
            {
                return new SubscriptionEdit(SubscriptionVerdict.Unknown, []);
            }

            if (runner.Loaded.IsFile)
            {
                return new SubscriptionEdit(SubscriptionVerdict.NotHere, []);
            }

            File.Delete(FileOf(name));
            Replace(name, null);
            return new SubscriptionEdit(SubscriptionVerdict.Removed, []);
        }
        finally
        {
            _edits.Release();
        }
    }

    public async ValueTask<IReadOnlyList<DeliveryView>?> TestAsync(string name, CancellationToken cancellationToken)
    {
        if (_runners.GetValueOrDefault(name) is not { } runner)
        {
            return null;
        }

        var at = Instant.From(_desk.Scheduler.Now);
        var step = new AlarmTransition(
            AlarmTransition.IdOf(s_testAsset, "test", at), s_testAsset, "test", "Test message", AlarmSeverity.Low, AlarmState.Normal, AlarmState.Unacknowledged, at, at, null, "platform", "Somebody asked for a test of this subscription. Nothing has happened.");
        var targets = runner.Subscription.Targets.Concat(runner.Subscription.Escalation.SelectMany(e => e.Targets)).DistinctBy(t => (t.Means, t.Address)).ToArray();
        string key = string.Create(CultureInfo.InvariantCulture, $"{name}/test/{at.UnixMilliseconds}.{Interlocked.Increment(ref _tests)}");
        var notification = new Notification(key, name, NotificationKind.Test, at, [step]);
        var tried = await Task.WhenAll(targets.Select(t => _desk.TryOnceAsync(t, notification, cancellationToken)));
        return [.. tried.Select(d => d.View())];
    }

    public IReadOnlyList<DeliveryView> Deliveries(DeliveryQuery query) => _book.List(query);

    public DeliveryView? Find(long number) => _book.Find(number)?.View();

    public bool Replay(long number)
    {
        if (_book.Find(number) is not { State: DeliveryState.DeadLetter } delivery || !_runners.ContainsKey(delivery.Notification.Subscription) || !delivery.Revive(Instant.From(_desk.Scheduler.Now)))
        {
            return false;
        }

        if (!Offer(delivery))
        {
            _desk.GiveUp(delivery, TargetGone);
            return false;
        }

        _keeper.Note(delivery, isNew: false);
        return true;
    }

    public ValueTask<string?> CheckAsync(CancellationToken cancellationToken) => _keeper.CheckAsync(cancellationToken);

    public void WriteMetrics(IMetricWriter writer)
    {
        foreach (var view in List())
        {
            var label = ("subscription", view.Name);
            writer.Gauge("notification_held_transitions", "Alarm transitions held back for a digest, by quiet hours or by a rate limit.", view.Held, label);
            writer.Gauge("notification_resting_targets", "Targets left alone after failing several times in a row.", view.TargetsResting, label);
        }

        writer.Counter("notification_forgotten_dead_letters", "Dead letters that made room for younger ones.", _book.Forgotten);
        _keeper.WriteMetrics(writer);
    }

    /// <summary>Completes when everything so far is on disk.</summary>
    internal Task FlushAsync() => _keeper.FlushAsync();

    public async ValueTask DisposeAsync()
    {
        // A container that knows it under several ports ends it once for each.
        if (Interlocked.Exchange(ref _ended, 1) == 1)
        {
            return;
        }

        // States are written a last time while the runners still have them; what waits stays in the log.
        await _keeper.FlushAsync();
        foreach (var runner in _runners.Values)
        {
            runner.Dispose();
        }

        await _keeper.DisposeAsync();
        foreach (var means in _setup.Means.OfType<IDisposable>())
        {
            means.Dispose();
        }

        _edits.Dispose();
    }

    private string FileOf(string name) => Path.Combine(_setup.KeptFolder, name + ".json");

    private SubscriptionState Remembered(string name)
    {
        var state = new SubscriptionState();
        _keeper.LoadState(name)?.Onto(state);
        return state;
    }

    private bool Offer(Delivery delivery) => _runners.GetValueOrDefault(delivery.Notification.Subscription)?.Offer(delivery) ?? false;

    private void Replace(string name, LoadedSubscription? with)
    {
        var runners = new Dictionary<string, SubscriptionRunner>(_runners, StringComparer.Ordinal);
        var (state, waiting) = runners.Remove(name, out var old) ? old.Close() : (new SubscriptionState(), []);
        if (with is not null)
        {
            var runner = runners[name] = new SubscriptionRunner(with, _desk, state);
            runner.Start(_transitions);
        }

        _runners = runners;
        foreach (var delivery in waiting)
        {
            if (!Offer(delivery))
            {
                _desk.GiveUp(delivery, TargetGone);
            }
        }

        if (with is null)
        {
            _keeper.NoteState(name, () => null);
        }
    }
}
