using System.Reactive.Concurrency;
using System.Reactive.Disposables;
using System.Reactive.Linq;
using Alatau.Iot.Core.Alarms;
using Alatau.Iot.Core.Time;

namespace Alatau.Iot.Notifications.Dispatching;

/// <summary>The queue of one target and the attempts to deliver from it, one delivery after another. A slow or dead target holds up nobody else.</summary>
internal sealed class DeliveryLane : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Queue<Delivery> _waiting = new();
    private readonly SerialDisposable _running = new();
    private readonly INotifier _notifier;
    private readonly DispatchOptions _options;
    private readonly CircuitBreaker _breaker;
    private readonly IScheduler _scheduler;
    private readonly Func<double> _jitter;
    private readonly Action<Delivery> _changed;
    private string? _lastError;
    private Delivery? _current;
    private bool _isClosed;
    private long _delivered;
    private long _retried;
    private long _deadLettered;

    /// <param name="breaker">Shared by all lanes of one peer.</param>
    /// <param name="jitter">Answers 0 to 1, exclusive.</param>
    /// <param name="changed">Told after each attempt and when a delivery is given up; never under a lock of the lane.</param>
    public DeliveryLane(INotifier notifier, DispatchOptions options, CircuitBreaker breaker, IScheduler scheduler, Func<double> jitter, Action<Delivery> changed) =>
        (_notifier, _options, _breaker, _scheduler, _jitter, _changed) = (notifier, options, breaker, scheduler, jitter, changed);

    public INotifier Notifier => _notifier;

    public bool IsResting => _breaker.IsOpen;

    public LaneCounts Counts
    {
        get
        {
            lock (_gate)
            {
                return new LaneCounts(_delivered, _retried, _deadLettered, _waiting.Count + (_current is null ? 0 : 1), _lastError);
            }
        }
    }

    /// <summary>Queues a delivery; when the queue is full the oldest is given up.</summary>
    public void Offer(Delivery delivery)
    {
        Delivery? lost = null;
        lock (_gate)
        {
            if (_isClosed)
            {
                lost = delivery;
            }
            else
            {
                if (_waiting.Count >= _options.Queue)
                {
                    lost = _waiting.Dequeue();
                    _deadLettered++;
                    _lastError = "The queue was full.";
                }

                _waiting.Enqueue(delivery);
                if (_current is null)
                {
                    _current = _waiting.Dequeue();
                    Schedule(TimeSpan.Zero);
                }
            }
        }

        if (lost is not null)
        {
            lost.GiveUp(null, "The queue was full.");
            _changed(lost);
        }
    }

    /// <summary>Ends the lane; what waits stays as it is and is answered, oldest first.</summary>
    public IReadOnlyList<Delivery> Close()
    {
        lock (_gate)
        {
            Delivery[] left = _current is null ? [.. _waiting] : [_current, .. _waiting];
            (_isClosed, _current) = (true, null);
            _waiting.Clear();
            _running.Dispose();
            return left;
        }
    }

    public void Dispose() => Close();

    private void Attempt()
    {
        var now = _scheduler.Now;
        Delivery? delivery;
        lock (_gate)
        {
            delivery = _current;
        }

        if (delivery is null)
        {
            return;
        }

        var wait = _breaker.Wait(now);
        if (Instant.From(now) - delivery.Since >= _options.GiveUpAfter && delivery.Attempts > 0)
        {
            Settle(delivery, () => delivery.GiveUp(null, $"Given up after {_options.GiveUpAfter}: {delivery.View().Problem}"), isDelivered: false, delivery.View().Problem);
        }
        else if (wait > TimeSpan.Zero)
        {
            delivery.Rest(Instant.From(now + wait));
            Later(wait, delivery);
        }
        else
        {
            // The subscription takes the place of the schedule that led here, unless the answer came at once and already set another.
            var attempt = new SingleAssignmentDisposable();
            _running.Disposable = attempt;
            attempt.Disposable = Observable
                .FromAsync(token => _notifier.DeliverAsync(delivery.Notification, token).AsTask())
                .Timeout(_options.AttemptTime, Observable.Return(DeliveryResult.Failed("No answer in time.")), _scheduler)
                .Catch((Exception e) => Observable.Return(DeliveryResult.Failed(e.Message)))
                .Subscribe(result => Take(delivery, result));
        }
    }

    private void Take(Delivery delivery, DeliveryResult result)
    {
        var now = _scheduler.Now;
        var at = Instant.From(now);
        switch (result.Verdict)
        {
            case DeliveryVerdict.Delivered:
                _breaker.Answered();
                Settle(delivery, () => delivery.Deliver(at, result.Answer ?? ""), isDelivered: true, null);
                return;
            case DeliveryVerdict.Refused:
                _breaker.Answered();
                Settle(delivery, () => delivery.GiveUp(at, result.Problem), isDelivered: false, result.Problem);
                return;
        }

        _breaker.Failed(now);
        if (delivery.Attempts + 1 >= _options.Attempts)
        {
            Settle(delivery, () => delivery.GiveUp(at, result.Problem), isDelivered: false, result.Problem);
            return;
        }

        var delay = Delay(delivery.Attempts, result.RetryAfter);
        delivery.Fail(at, at + delay, result.Problem);
        lock (_gate)
        {
            _retried++;
            _lastError = result.Problem;
        }

        _changed(delivery);
        Later(delay, delivery);
    }

    private void Later(TimeSpan delay, Delivery delivery)
    {
        lock (_gate)
        {
            if (!_isClosed && _current == delivery)
            {
                Schedule(delay);
            }
        }
    }

    // A delay below a millisecond may run the attempt inside this call: what it starts must not be ended by the schedule that led to it, so the schedule takes its place first.
    private void Schedule(TimeSpan delay)
    {
        var next = new SingleAssignmentDisposable();
        _running.Disposable = next;
        next.Disposable = delay > TimeSpan.Zero ? _scheduler.Schedule(delay, Attempt) : _scheduler.Schedule(Attempt);
    }

    /// <summary>After 1, 2, 4 … times the first delay, shortened by a jitter of up to half so that many targets don't return at once; never before the target asked for.</summary>
    private TimeSpan Delay(int failures, TimeSpan? retryAfter)
    {
        double whole = Math.Min(_options.LongestDelay.TotalMilliseconds, _options.FirstDelay.TotalMilliseconds * Math.Pow(2, failures));
        var delay = TimeSpan.FromMilliseconds(whole * (1 - (_jitter() / 2)));
        return retryAfter > delay ? TimeSpan.FromMilliseconds(Math.Min(retryAfter.Value.TotalMilliseconds, Math.Max(_options.LongestDelay.TotalMilliseconds, delay.TotalMilliseconds))) : delay;
    }

    private void Settle(Delivery delivery, Action settle, bool isDelivered, string? problem)
    {
        lock (_gate)
        {
            if (_isClosed || _current != delivery)
            {
                return;
            }

            settle();
            _delivered += isDelivered ? 1 : 0;
            _deadLettered += isDelivered ? 0 : 1;
            _lastError = problem ?? _lastError;
            if (_waiting.TryDequeue(out _current))
            {
                Schedule(TimeSpan.Zero);
            }
        }

        _changed(delivery);
    }
}

/// <summary>How the deliveries of a lane went since the start.</summary>
internal readonly record struct LaneCounts(long Delivered, long Retried, long DeadLettered, int Waiting, string? LastError);
