using System.Globalization;
using System.Net;
using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Files;
using Alatau.Iot.Core.History;
using Alatau.Iot.Core.Processing;
using Alatau.Iot.Core.Topologies;
using Alatau.Iot.Engine;
using Alatau.Iot.Host.Recovery;
using Alatau.Iot.Host.Observation;
using Alatau.Iot.Host.Settings;
using Alatau.Iot.Ingest.Journal;
using Alatau.Iot.Ingest.Pipeline;
using Alatau.Iot.Ingest.Sources;
using Alatau.Iot.Mqtt.Identity;
using Alatau.Iot.Mqtt.Server;
using Alatau.Iot.Notifications.Desk;
using Alatau.Iot.Notifications.Dispatching;
using Alatau.Iot.Notifications.Email;
using Alatau.Iot.Notifications.Subscriptions;
using Alatau.Iot.Notifications.Webhook;
using Alatau.Iot.Simulator.Scenarios;
using Alatau.Iot.Storage.Corrections;
using Alatau.Iot.Storage.Influx;
using Alatau.Iot.Storage.Outbox;
using Alatau.Iot.Storage.Recording;
using Alatau.Iot.Storage.Sqlite;
using Alatau.Iot.Web;
using Microsoft.Extensions.Configuration;

namespace Alatau.Iot.Host.Wiring;

/// <summary>Settings and files, read and found right: what the platform is going to be. Making it starts nothing.</summary>
internal sealed record PlatformPlan
{
    public required PlatformOptions Platform { get; init; }

    public required MqttServerOptions Mqtt { get; init; }

    public required IngestOptions Ingest { get; init; }

    public required IReadOnlyList<BridgeOptions> Bridges { get; init; }

    public required ProcessorOptions Processing { get; init; }

    public required EngineOptions Engine { get; init; }

    public required StorageOptions Storage { get; init; }

    public required RetentionOptions Retention { get; init; }

    public required SqliteStoreOptions Sqlite { get; init; }

    public required InfluxOptions Influx { get; init; }

    public required RecordingOptions Recording { get; init; }

    public required OutboxOptions Outbox { get; init; }

    public required CorrectionOptions Corrections { get; init; }

    public required QuarantineOptions Quarantine { get; init; }

    public required JournalOptions Journal { get; init; }

    public required RecoveryOptions Recovery { get; init; }

    public required OpenTelemetryOptions OpenTelemetry { get; init; }

    public required string DataFolder { get; init; }

    public required string DevicesFolder { get; init; }

    public required DeviceFiles Files { get; init; }

    public required IPAddress Address { get; init; }

    public required SubscriptionSetup Subscriptions { get; init; }

    public int Scenarios { get; init; }

    /// <summary>Room in a journal record beside the packet: client, topic, header.</summary>
    private const int JournalOverheadBytes = 2 * 65_536;

    /// <summary>The file of users and their rights.</summary>
    public string CredentialsPath => CredentialsIn(DataFolder);

    public static string CredentialsIn(string dataFolder) => Path.Combine(dataFolder, "credentials.json");

    /// <summary>Reads and validates everything.</summary>
    /// <exception cref="SettingsFaultException">Something is wrong; all of it is in the exception.</exception>
    public static PlatformPlan Read(SettingsSource source, bool alsoScenarios = false)
    {
        var builder = new ConfigurationBuilder();
        source.AddTo(builder);
        return Read(builder.Build(), alsoScenarios);
    }

    public static PlatformPlan Read(IConfiguration configuration, bool alsoScenarios)
    {
        var reader = new OptionsReader(configuration);
        var platform = reader.Read<PlatformOptions>();
        string? devices = FindDevices(platform, reader);
        var faults = new FileFaults();
        var files = devices is null ? null : DeviceFiles.Load(devices, platform.Fleets, faults);
        int scenarios = alsoScenarios && devices is not null ? CheckScenarios(devices, faults) : 0;
        var mqtt = reader.Read<MqttServerOptions>();
        foreach (string fault in mqtt.Validate().Where(f => f.Contains("Path", StringComparison.Ordinal)))
        {
            reader.Add(fault);
        }

        var ingest = reader.Read<IngestOptions>();
        var plan = new PlatformPlan
        {
            Platform = platform,
            Mqtt = mqtt,
            Ingest = ingest,
            Bridges = ReadBridges(configuration, reader),
            Processing = reader.Read<ProcessorOptions>(),
            Engine = reader.Read<EngineOptions>(),
            Storage = reader.Read<StorageOptions>(),
            Retention = reader.Read<RetentionOptions>(),
            Sqlite = reader.Read<SqliteStoreOptions>(),
            Influx = reader.Read<InfluxOptions>(),
            Recording = reader.Read<RecordingOptions>(),
            Outbox = reader.Read<OutboxOptions>(),
            Corrections = reader.Read<CorrectionOptions>(),
            Quarantine = reader.Read<QuarantineOptions>(),
            Journal = ReadJournal(platform, mqtt, reader),
            Recovery = reader.Read<RecoveryOptions>(),
            OpenTelemetry = reader.Read<OpenTelemetryOptions>(),
            DataFolder = Path.GetFullPath(platform.DataFolder),
            DevicesFolder = devices ?? "",
            Files = files!,
            Address = ReadAddress(platform, HasCredentials(platform, reader), reader),
            Scenarios = scenarios,
            Subscriptions = ReadSubscriptions(platform, ingest, files, devices, reader, faults),
        };

        CheckBridges(plan, faults);

        // These two rooms bind their options themselves; what is wrong in them is told here, before anything is started.
        reader.Read<WebOptions>();
        reader.Read<DispatchOptions>();
        reader.ReportUnknownSections("Platform", "Mqtt", "Ingest", "Processing", "Engine", "Storage", "Web", "Notifications", "Recovery", "OpenTelemetry", "Logging", "Kestrel");
        string[] lines = [.. reader.Faults, .. SettingsFaultException.Of(faults)];
        return lines.Length > 0 ? throw new SettingsFaultException(lines) : plan;
    }

    /// <summary>A few lines for people: what was read.</summary>
    public string Describe() => string.Create(
        CultureInfo.InvariantCulture,
        $"{DevicesFolder}: {Files.Profiles.Profiles.Count} profiles, {Files.Rules.Count} alarm rules, {Files.Fleets.Count} fleets with {Files.Fleets.Sum(f => f.Assets.Count)} assets{DescribeTopology()}, {Scenarios} scenarios, {Subscriptions.Subscriptions.Count} subscriptions. Store: {Storage.Provider}. All well.");

    private string DescribeTopology()
    {
        var topology = Topology.Of(Files.Fleets, Files.Register());
        return string.Create(CultureInfo.InvariantCulture, $" (topology of {topology.Count} nodes, {topology.DatedCount} with dates, {(topology.Bytes + 1023) / 1024} KiB)");
    }

    private static string? FindDevices(PlatformOptions platform, OptionsReader reader)
    {
        string? folder = Settings.DevicesFolder.Find(platform.DevicesFolder);
        if (folder is null)
        {
            reader.Add(platform.DevicesFolder is { } named
                ? $"Platform:DevicesFolder: there is no folder {Path.GetFullPath(named)}. Correct the path."
                : $"No folder devices/profiles in {Environment.CurrentDirectory} nor beside the program. Start in the project's root, or set Platform:DevicesFolder (--devices).");
        }

        return folder;
    }

    private static bool HasCredentials(PlatformOptions platform, OptionsReader reader)
    {
        try
        {
            return CredentialFile.List(CredentialsIn(Path.GetFullPath(platform.DataFolder))).Count > 0;
        }
        catch (InvalidDataException e)
        {
            reader.Add(e.Message);
            return true;
        }
    }

    private static IPAddress ReadAddress(PlatformOptions platform, bool hasCredentials, OptionsReader reader)
    {
        if (!IPAddress.TryParse(platform.Bind == "localhost" ? "127.0.0.1" : platform.Bind, out var address))
        {
            reader.Add($"Platform:Bind is '{platform.Bind}': write an IP address of this machine, 0.0.0.0 for all.");
            return IPAddress.Loopback;
        }

        if (!IPAddress.IsLoopback(address) && !hasCredentials)
        {
            reader.Add($"Platform:Bind is {address}, which others can reach, and there are no credentials. Add one with 'alatau credentials add NAME', or bind to 127.0.0.1.");
        }

        return address;
    }

    private static SubscriptionSetup ReadSubscriptions(PlatformOptions platform, IngestOptions ingest, DeviceFiles? files, string? devices, OptionsReader reader, FileFaults faults)
    {
        var places = new SubscriptionPlaces(files?.Fleets ?? [], files?.Rules ?? [], ingest.AutoRegister, isPartial: files is null || faults.Any);
        var webhook = reader.Read<WebhookOptions>();
        var email = reader.Read<EmailOptions>();
        return SubscriptionSetup.Load(devices ?? "", Path.GetFullPath(platform.DataFolder), places, webhook, email, TimeProvider.System, faults);
    }

    private static JournalOptions ReadJournal(PlatformOptions platform, MqttServerOptions mqtt, OptionsReader reader)
    {
        var journal = reader.Read<JournalOptions>();
        journal.Folder = Path.GetFullPath(journal.Folder, Path.GetFullPath(platform.DataFolder));

        // Whatever the endpoint lets in must fit.
        journal.MaximumRecordBytes = Math.Max(journal.MaximumRecordBytes, mqtt.MaximumPacketSize + JournalOverheadBytes);
        return journal;
    }

    private static List<BridgeOptions> ReadBridges(IConfiguration configuration, OptionsReader reader) =>
        [.. configuration.GetSection(BridgeOptions.SectionName).GetChildren().Select(child => reader.Read<BridgeOptions>(child.Path))];

    /// <summary>What is reached through a bridge names one of the settings.</summary>
    private static void CheckBridges(PlatformPlan plan, FileFaults faults)
    {
        var known = plan.Bridges.Select(b => b.Name).ToHashSet(StringComparer.Ordinal);
        string cure = known.Count == 0 ? "Add it under Ingest:Bridges, or remove the relation" : $"Write one of: {string.Join(", ", known.Select(n => $"{PlatformAsset.Id.Site}/{PlatformAsset.BridgePrefix}{n}"))}; or add it under Ingest:Bridges";
        foreach (var fleet in plan.Files?.Fleets ?? [])
        {
            foreach (var links in fleet.ReachedThrough.Where(l => PlatformAsset.IsBridge(l.Parent) && !known.Contains(l.Parent.Name[PlatformAsset.BridgePrefix.Length..])).GroupBy(l => l.Parent))
            {
                string file = Path.Combine(plan.DevicesFolder, "fleets", fleet.Name + ".json");
                faults.Add(file, "$.assets", string.Create(CultureInfo.InvariantCulture, $"'{links.First().Child}'{(links.Count() > 1 ? $" and {links.Count() - 1} more" : "")} is reached through '{links.Key}', and there is no such bridge"), cure);
            }
        }
    }

    private static int CheckScenarios(string devices, FileFaults faults)
    {
        string folder = Path.Combine(devices, "scenarios");
        string[] files = Directory.Exists(folder) ? [.. Directory.GetFiles(folder, "*.json").Order(StringComparer.Ordinal)] : [];
        foreach (string file in files)
        {
            ScenarioLoader.Load(file, faults, new ScenarioLoadOptions { OpenRecordings = false });
        }

        return files.Length;
    }
}
