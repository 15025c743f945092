using Alatau.Iot.Core.Files;
using Alatau.Iot.Notifications.Email;
using Alatau.Iot.Notifications.Subscriptions;
using Alatau.Iot.Notifications.Webhook;

namespace Alatau.Iot.Notifications.Desk;

/// <summary>All subscriptions as they stand on disk, read and validated, and what it takes to read further ones.</summary>
public sealed class SubscriptionSetup
{
    private const string FilesFolder = "subscriptions";
    private const string DataFolder = "notifications";

    private SubscriptionSetup(string dataFolder, IReadOnlyList<NotificationMeans> means, SubscriptionReader reader)
    {
        Folder = Path.Combine(dataFolder, DataFolder);
        KeptFolder = Path.Combine(Folder, FilesFolder);
        Means = means;
        Reader = reader;
    }

    /// <summary>Where deliveries and states are kept.</summary>
    public string Folder { get; }

    /// <summary>Where the subscriptions made by the API are kept, a file each.</summary>
    public string KeptFolder { get; }

    public IReadOnlyList<NotificationMeans> Means { get; }

    public SubscriptionReader Reader { get; }

    public IReadOnlyList<LoadedSubscription> Subscriptions { get; private set; } = [];

    /// <summary>Reads <c>devices/subscriptions/*.json</c> and those the API made; every fault of every file goes to <paramref name="faults"/>.</summary>
    /// <param name="devicesFolder">The devices folder.</param>
    /// <param name="dataFolder">The data folder.</param>
    /// <param name="places">What scopes may name.</param>
    /// <param name="webhook">Settings of webhooks.</param>
    /// <param name="email">The mail server.</param>
    /// <param name="clock">Dates signatures.</param>
    /// <param name="faults">Takes what is wrong; when it has any, the answer is of no use.</param>
    public static SubscriptionSetup Load(string devicesFolder, string dataFolder, SubscriptionPlaces places, WebhookOptions webhook, EmailOptions email, TimeProvider clock, FileFaults faults)
    {
        NotificationMeans[] means = [new WebhookMeans(webhook, clock), new EmailMeans(email, webhook.ConsoleUrl)];
        return Load(Path.Combine(devicesFolder, FilesFolder), dataFolder, new SubscriptionReader(places, means), means, faults);
    }

    internal static SubscriptionSetup Load(string filesFolder, string dataFolder, SubscriptionReader reader, IReadOnlyList<NotificationMeans> means, FileFaults faults)
    {
        var setup = new SubscriptionSetup(dataFolder, means, reader);
        var found = new Dictionary<string, LoadedSubscription>(StringComparer.Ordinal);
        foreach (var (folder, isFile) in new[] { (filesFolder, true), (setup.KeptFolder, false) })
        {
            foreach (string file in Directory.Exists(folder) ? Directory.GetFiles(folder, "*.json").Order(StringComparer.Ordinal) : Enumerable.Empty<string>())
            {
                string name = Path.GetFileNameWithoutExtension(file);
                byte[] json = File.ReadAllBytes(file);
                if (reader.Read(name, file, json, mayHoldSecrets: !isFile, faults) is { } subscription && !found.TryAdd(name, new LoadedSubscription(subscription, isFile, json)))
                {
                    faults.Add(file, "$", $"Subscription '{name}' stands in {filesFolder}, too", "Keep one of the two");
                }
            }
        }

        setup.Subscriptions = [.. found.Values];
        return setup;
    }
}
