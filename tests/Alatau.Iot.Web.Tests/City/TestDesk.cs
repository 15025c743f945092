using Alatau.Iot.Core.Alarms;
using Alatau.Iot.Core.Files;
using Alatau.Iot.Core.Subscriptions;
using Alatau.Iot.Core.Time;

namespace Alatau.Iot.Web.Tests.City;

/// <summary>Subscriptions by hand: what a test puts in is listed; a test message is delivered unless <see cref="Problem"/> says why not.</summary>
internal sealed class TestDesk : ISubscriptionDesk, ISubscriptionSource
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, SubscriptionView> _views = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _definitions = new(StringComparer.Ordinal);
    private readonly List<DeliveryView> _deliveries = [];

    /// <summary>Why targets don't take anything; null when they do.</summary>
    public string? Problem { get; set; }

    public void Add(SubscriptionView view, string definition = "{}")
    {
        lock (_gate)
        {
            _views[view.Name] = view;
            _definitions[view.Name] = definition;
        }
    }

    public DeliveryView Deliver(string subscription, NotificationKind kind, string title, string alarm, DeliveryState state, Instant at, int attempts = 1, string? problem = null, string answer = "", Instant? next = null)
    {
        lock (_gate)
        {
            var view = _views[subscription];
            var delivery = new DeliveryView(_deliveries.Count + 1, $"{subscription}/{alarm}", subscription, view.Means, view.Target, kind, title, [alarm], state, at, attempts, at, next, problem, answer);
            _deliveries.Add(delivery);
            return delivery;
        }
    }

    public IReadOnlyList<SubscriptionView> List()
    {
        lock (_gate)
        {
            return [.. _views.Values];
        }
    }

    public string? Definition(string name)
    {
        lock (_gate)
        {
            return _definitions.GetValueOrDefault(name);
        }
    }

    public ValueTask<SubscriptionEdit> SaveAsync(string name, ReadOnlyMemory<byte> json, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            bool isNew = !_views.TryGetValue(name, out var before);
            if (before is { Origin: not "api" })
            {
                return ValueTask.FromResult(new SubscriptionEdit(SubscriptionVerdict.NotHere, []));
            }

            var faults = new FileFaults();
            if (FileNode.Parse(name, json, faults) is null)
            {
                return ValueTask.FromResult(new SubscriptionEdit(SubscriptionVerdict.Faulty, faults.All));
            }

            Add(new SubscriptionView(name, "webhook", "https://desk.example.org/hook", "all", 0, 0, 0, 0, null) { Origin = "api" }, System.Text.Encoding.UTF8.GetString(json.Span));
            return ValueTask.FromResult(new SubscriptionEdit(isNew ? SubscriptionVerdict.Created : SubscriptionVerdict.Replaced, []));
        }
    }

    public ValueTask<SubscriptionEdit> RemoveAsync(string name, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            var verdict = !_views.TryGetValue(name, out var view) ? SubscriptionVerdict.Unknown : view.Origin == "api" ? SubscriptionVerdict.Removed : SubscriptionVerdict.NotHere;
            if (verdict == SubscriptionVerdict.Removed)
            {
                _views.Remove(name);
                _definitions.Remove(name);
            }

            return ValueTask.FromResult(new SubscriptionEdit(verdict, []));
        }
    }

    public ValueTask<IReadOnlyList<DeliveryView>?> TestAsync(string name, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            return ValueTask.FromResult<IReadOnlyList<DeliveryView>?>(_views.ContainsKey(name)
                ? [Deliver(name, NotificationKind.Test, $"Test of subscription {name}", "test", Problem is null ? DeliveryState.Delivered : DeliveryState.DeadLetter, Instant.Now(TimeProvider.System), 1, Problem, Problem is null ? "204" : "")]
                : null);
        }
    }

    public IReadOnlyList<DeliveryView> Deliveries(DeliveryQuery query)
    {
        lock (_gate)
        {
            return
            [
                .. _deliveries.AsEnumerable().Reverse()
                    .Where(d => d.Number < query.Before && (query.State is null || d.State == query.State) && (query.Subscription is null || d.Subscription == query.Subscription) && (query.Alarm is null || d.Alarms.Contains(query.Alarm)))
                    .Take(query.Limit),
            ];
        }
    }

    public DeliveryView? Find(long number)
    {
        lock (_gate)
        {
            return _deliveries.Find(d => d.Number == number);
        }
    }

    public bool Replay(long number)
    {
        lock (_gate)
        {
            int index = _deliveries.FindIndex(d => d.Number == number && d.State == DeliveryState.DeadLetter);
            if (index >= 0)
            {
                _deliveries[index] = _deliveries[index] with { State = DeliveryState.Delivered, Answer = "202 taken", Attempts = 1, Problem = null };
            }

            return index >= 0;
        }
    }
}
