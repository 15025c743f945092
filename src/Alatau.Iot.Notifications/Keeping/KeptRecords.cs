using System.Text.Json;
using System.Text.Json.Serialization;
using Alatau.Iot.Core.Alarms;
using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Subscriptions;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Notifications.Dispatching;
using Alatau.Iot.Notifications.Subscriptions;

namespace Alatau.Iot.Notifications.Keeping;

/// <summary>A step as it stands on disk.</summary>
internal sealed record KeptStep(string Asset, string Rule, string Title, byte Severity, byte From, byte To, long At, long RaisedAt, double? Value, string By, string Why)
{
    public static KeptStep Of(AlarmTransition t) =>
        new(t.Asset.ToString(), t.Rule, t.Title, (byte)t.Severity, (byte)t.From, (byte)t.To, t.At.UnixMilliseconds, t.RaisedAt.UnixMilliseconds, t.Value, t.By, t.Why);

    /// <summary>Null when it is no step, as of a damaged file.</summary>
    public AlarmTransition? Step() => AssetId.TryParse(Asset, out var asset)
        ? new AlarmTransition(
            AlarmTransition.IdOf(asset, Rule, new Instant(RaisedAt)), asset, Rule, Title, (AlarmSeverity)Severity, (AlarmState)From, (AlarmState)To, new Instant(At), new Instant(RaisedAt), Value, By, Why)
        : null;
}

/// <summary>A delivery as it stands on disk.</summary>
/// <param name="Notification">Null where the record only says how far the delivery of that number is.</param>
internal sealed record KeptDelivery(long Number, byte State, int Attempts, long? TriedAt, string? Problem, string Answer, string Means, string Target, KeptNotification? Notification)
{
    public static KeptDelivery Of(Delivery delivery, bool isWhole)
    {
        var view = delivery.View();
        return new KeptDelivery(
            view.Number, (byte)view.State, view.Attempts, view.TriedAt?.UnixMilliseconds, view.Problem, view.Answer, view.Means, view.Target, isWhole ? KeptNotification.Of(delivery.Notification) : null);
    }

    public Delivery? Whole() => Notification?.Notification() is { } notification ? Onto(new Delivery(Number, notification, Means, Target)) : null;

    public Delivery Onto(Delivery delivery)
    {
        delivery.Restore((DeliveryState)State, Attempts, TriedAt is { } at ? new Instant(at) : null, Problem, Answer);
        return delivery;
    }
}

internal sealed record KeptNotification(string Key, string Subscription, byte Kind, long At, int More, int Level, KeptStep[] Steps)
{
    public static KeptNotification Of(Notification n) => new(n.Key, n.Subscription, (byte)n.Kind, n.At.UnixMilliseconds, n.More, n.Level, [.. n.Transitions.Select(KeptStep.Of)]);

    public Notification? Notification()
    {
        AlarmTransition[] steps = [.. Steps.Select(s => s.Step()).OfType<AlarmTransition>()];
        return steps.Length == 0 ? null : new Notification(Key, Subscription, (NotificationKind)Kind, new Instant(At), steps) { More = More, Level = Level };
    }
}

internal sealed record KeptPursuit(KeptStep Step, long? ToldAt, int Level, int Reminders, long LastAt);

/// <summary>What a subscription remembers, as it stands on disk.</summary>
internal sealed record KeptState(KeptStep[] Held, int HeldMore, long HeldSince, KeptStep[] Overflow, int OverflowMore, long OverflowSince, KeptPursuit[] Pursuits, long[] Made, string[] Known)
{
    public static KeptState Of(SubscriptionState s) => new(
        [.. s.Held.Listed.Select(KeptStep.Of)],
        s.Held.More,
        s.Held.Since.UnixMilliseconds,
        [.. s.Overflow.Listed.Select(KeptStep.Of)],
        s.Overflow.More,
        s.Overflow.Since.UnixMilliseconds,
        [.. s.Pursuits.Values.Select(p => new KeptPursuit(KeptStep.Of(p.Step), p.ToldAt?.UnixMilliseconds, p.Level, p.Reminders, p.LastAt.UnixMilliseconds))],
        [.. s.Made.Select(m => m.UnixMilliseconds)],
        [.. s.Known]);

    public void Onto(SubscriptionState state)
    {
        state.Held.Restore(Held.Select(s => s.Step()).OfType<AlarmTransition>(), HeldMore, new Instant(HeldSince));
        state.Overflow.Restore(Overflow.Select(s => s.Step()).OfType<AlarmTransition>(), OverflowMore, new Instant(OverflowSince));
        foreach (var kept in Pursuits)
        {
            if (kept.Step.Step() is { } step)
            {
                state.Pursuits[(step.Asset, step.Rule)] = new Pursuit(step)
                {
                    ToldAt = kept.ToldAt is { } at ? new Instant(at) : null, Level = kept.Level, Reminders = kept.Reminders, LastAt = new Instant(kept.LastAt),
                };
            }
        }

        foreach (long made in Made)
        {
            state.Made.Enqueue(new Instant(made));
        }

        foreach (string key in Known)
        {
            state.Meet(key);
        }
    }
}

/// <summary>Source-generated JSON of what is kept.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault, NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(KeptDelivery))]
[JsonSerializable(typeof(KeptState))]
internal sealed partial class KeptJson : JsonSerializerContext;
