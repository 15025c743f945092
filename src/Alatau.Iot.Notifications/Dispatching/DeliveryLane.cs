using System.Reactive;
using System.Reactive.Concurrency;
using System.Reactive.Linq;
using Alatau.Iot.Core.Alarms;

namespace Alatau.Iot.Notifications.Dispatching;

/// <summary>The queue of one subscription and the attempts to deliver from it, one transition after another. A slow or dead target holds up nobody else.</summary>
internal sealed class DeliveryLane : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Queue<AlarmTransition> _waiting = new();
    private readonly AlarmSubscription _subscription;
    private readonly DispatchOptions _options;
    private readonly IScheduler _scheduler;
    private readonly Func<double> _jitter;
    private readonly Action<int> _settled;
    private IDisposable? _running;
    private string? _lastError;
    private bool _isBusy;
    private bool _isClosed;
    private long _delivered;
    private long _retried;
    private long _deadLettered;

    /// <param name="jitter">Answers 0 to 1, exclusive.</param>
    /// <param name="settled">Told how many transitions were delivered or given up.</param>
    public DeliveryLane(AlarmSubscription subscription, DispatchOptions options, IScheduler scheduler, Func<double> jitter, Action<int> settled) =>
        (_subscription, _options, _scheduler, _jitter, _settled) = (subscription, options, scheduler, jitter, settled);

    public SubscriptionView View()
    {
        var notifier = _subscription.Notifier;
        lock (_gate)
        {
            return new SubscriptionView(
                notifier.Name, notifier.Means, notifier.Target, _subscription.Scope.ToString(), _delivered, _retried, _deadLettered, _waiting.Count + (_isBusy ? 1 : 0), _lastError);
        }
    }

    /// <summary>Queues a transition; when the queue is full the oldest is given up.</summary>
    public void Offer(AlarmTransition transition)
    {
        int lost = 0;
        lock (_gate)
        {
            if (_isClosed)
            {
                lost = 1;
            }
            else
            {
                if (_waiting.Count == _options.Queue)
                {
                    _waiting.Dequeue();
                    _deadLettered++;
                    _lastError = "The queue was full.";
                    lost = 1;
                }

                _waiting.Enqueue(transition);
                if (!_isBusy)
                {
                    _isBusy = true;
                    _running = _scheduler.Schedule(Next);
                }
            }
        }

        if (lost > 0)
        {
            _settled(lost);
        }
    }

    public void Dispose()
    {
        int left;
        lock (_gate)
        {
            _isClosed = true;
            left = _waiting.Count + (_isBusy ? 1 : 0);
            _waiting.Clear();
            _isBusy = false;
        }

        _running?.Dispose();
        _settled(left);
    }

    private void Next()
    {
        AlarmTransition transition;
        lock (_gate)
        {
            if (_isClosed)
            {
                return;
            }

            transition = _waiting.Dequeue();
        }

        var running = Attempts(transition).Subscribe(_ => { }, error => Settle(error.Message), () => Settle(null));
        lock (_gate)
        {
            if (_isBusy || _isClosed)
            {
                _running = running;
            }
        }
    }

    /// <summary>One attempt, and further ones after 1, 2, 4 … times the first delay, each shortened by a jitter of up to half so that many targets don't return at once.</summary>
    private IObservable<Unit> Attempts(AlarmTransition transition) => Observable
        .Defer(() => Observable.FromAsync(token => AttemptAsync(transition, token)))
        .Timeout(_options.AttemptTime, Observable.Throw<Unit>(new DeliveryFailedException("No answer in time.", isFinal: false)), _scheduler)
        .RetryWhen(failures => failures.Select((error, index) => (error, index)).SelectMany(failure =>
        {
            bool isFinal = failure.error is DeliveryFailedException { IsFinal: true } || failure.index + 1 >= _options.Attempts;
            if (isFinal)
            {
                return Observable.Throw<long>(failure.error);
            }

            lock (_gate)
            {
                _retried++;
                _lastError = failure.error.Message;
            }

            return Observable.Timer(Delay(failure.index), _scheduler);
        }));

    private TimeSpan Delay(int failures)
    {
        double whole = Math.Min(_options.LongestDelay.TotalMilliseconds, _options.FirstDelay.TotalMilliseconds * Math.Pow(2, failures));
        return TimeSpan.FromMilliseconds(whole * (1 - (_jitter() / 2)));
    }

    private async Task<Unit> AttemptAsync(AlarmTransition transition, CancellationToken cancellationToken)
    {
        var result = await _subscription.Notifier.DeliverAsync(transition, cancellationToken);
        return result.Verdict == DeliveryVerdict.Delivered ? Unit.Default : throw new DeliveryFailedException(result.Problem, result.Verdict == DeliveryVerdict.Refused);
    }

    private void Settle(string? problem)
    {
        bool isOpen;
        lock (_gate)
        {
            isOpen = !_isClosed;
            if (isOpen)
            {
                _delivered += problem is null ? 1 : 0;
                _deadLettered += problem is null ? 0 : 1;
                _lastError = problem ?? _lastError;
                _isBusy = _waiting.Count > 0;
                if (_isBusy)
                {
                    _running = _scheduler.Schedule(Next);
                }
            }
        }

        if (isOpen)
        {
            _settled(1);
        }
    }
}
