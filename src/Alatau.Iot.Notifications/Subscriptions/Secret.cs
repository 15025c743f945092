namespace Alatau.Iot.Notifications.Subscriptions;

/// <summary>A word that nobody may read: it is never written into a log, a view or an answer.</summary>
public sealed class Secret(string value)
{
    /// <summary>The word itself; only for the target.</summary>
    public string Reveal() => value;

    public override string ToString() => "***";
}
