using Alatau.Iot.Core.Alarms;
using Alatau.Iot.Core.Files;

namespace Alatau.Iot.Notifications.Subscriptions;

/// <summary>A way to notify: reads its targets out of subscriptions and makes the notifiers that serve them. One folder of this room each.</summary>
public abstract class NotificationMeans
{
    /// <summary>The member of a target in a subscription that names this means: <c>webhook</c>, <c>email</c>.</summary>
    public abstract string Name { get; }

    /// <summary>Reads the value of that member; reports what is wrong and answers null then.</summary>
    /// <param name="node">The value.</param>
    /// <param name="mayHoldSecrets">True for a subscription that the platform keeps by itself: only there a secret may stand in the text.</param>
    public abstract SubscriptionTarget? Read(FileNode node, bool mayHoldSecrets);

    /// <summary>Makes the notifier of a target that this means has read.</summary>
    public abstract INotifier Make(SubscriptionTarget target, string name);

    /// <summary>Reads a secret: <c>{"env": NAME}</c>, <c>{"file": PATH}</c>, or <c>{"value": TEXT}</c> where the platform keeps the text itself. Null when absent or faulty.</summary>
    protected static Secret? ReadSecret(FileNode target, string name, bool mayHoldSecrets)
    {
        if (target.Child(name) is not { } node)
        {
            return null;
        }

        string? env = node.Text("env");
        string? file = node.Text("file");
        string? value = node.Text("value");
        node.ReportUnknown();
        if (new[] { env, file, value }.Count(v => v is not null) != 1)
        {
            node.Fault("A secret needs exactly one source", mayHoldSecrets ? "Write {\"value\": \"...\"}" : "Write {\"env\": \"NAME\"} or {\"file\": \"PATH\"}");
            return null;
        }

        if (mayHoldSecrets != value is not null)
        {
            node.Fault(
                mayHoldSecrets ? "A subscription made by the API can't read files or the environment" : "A secret must not stand in this file",
                mayHoldSecrets ? "Write {\"value\": \"...\"}: it is kept in a file for the platform alone and never shown" : "Write {\"env\": \"NAME\"} or {\"file\": \"PATH\"} and put the secret there");
            return null;
        }

        string? found = value ?? (env is not null ? FromEnvironment(node, env) : FromFile(node, file!));
        if (found is { Length: 0 })
        {
            node.Fault("The secret is empty", "Put at least one character there; better 32 random ones");
        }

        return string.IsNullOrEmpty(found) ? null : new Secret(found);
    }

    private static string? FromEnvironment(FileNode node, string name)
    {
        string? value = Environment.GetEnvironmentVariable(name);
        if (value is null)
        {
            node.FaultAt("env", $"The environment has no {name}", "Set it for the platform's process, or name another");
        }

        return value;
    }

    private static string? FromFile(FileNode node, string name)
    {
        string path = Path.GetFullPath(name, Path.GetDirectoryName(Path.GetFullPath(node.File)) ?? "");
        try
        {
            return File.ReadAllText(path).Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            node.FaultAt("file", $"{path} can't be read: {e.Message.TrimEnd('.')}", "Make it, readable by the platform's user alone");
            return null;
        }
    }
}
