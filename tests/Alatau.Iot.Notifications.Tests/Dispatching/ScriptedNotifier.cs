using Alatau.Iot.Core.Alarms;
using Alatau.Iot.Core.Subscriptions;

namespace Alatau.Iot.Notifications.Tests.Dispatching;

/// <summary>A notifier that answers by a script and remembers what it was given.</summary>
internal sealed class ScriptedNotifier(string name, Func<AlarmTransition, int, Task<DeliveryResult>> script) : INotifier
{
    private int _calls;

    public List<AlarmTransition> Delivered { get; } = [];

    public int Calls => Volatile.Read(ref _calls);

    public string Name => name;

    public string Means => "test";

    public string Target => "a list";

    public async ValueTask<DeliveryResult> DeliverAsync(Notification notification, CancellationToken cancellationToken)
    {
        var transition = notification.Transitions[0];
        var result = await script(transition, Interlocked.Increment(ref _calls)).WaitAsync(cancellationToken);
        if (result.Verdict == DeliveryVerdict.Delivered)
        {
            lock (Delivered)
            {
                Delivered.Add(transition);
            }
        }

        return result;
    }
}
