using System.Globalization;
using Alatau.Iot.Core.History;
using Alatau.Iot.Core.Ledgers;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Engine;
using Alatau.Iot.Host.Outages;
using Alatau.Iot.Host.Recovery;
using Alatau.Iot.Host.Settings;
using Alatau.Iot.Ingest.Sources;
using Alatau.Iot.Mqtt.Server;
using Alatau.Iot.Storage.Corrections;
using Alatau.Iot.Storage.Recording;
using Alatau.Iot.Web;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Console;

namespace Alatau.Iot.Host.Wiring;

/// <summary>The running platform: all rooms wired on one machine, started and stopped in the order of the road.</summary>
internal sealed class Platform : IAsyncDisposable
{
    /// <summary>Ctrl+C to the end of the process, at most.</summary>
    public static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(5);

    /// <summary>Of <see cref="StopTimeout"/>, kept for the last rows to reach the store when all before took its time.</summary>
    private static readonly TimeSpan s_lastRows = TimeSpan.FromSeconds(1);

    /// <summary>Of <see cref="StopTimeout"/>, kept for the process to end.</summary>
    private static readonly TimeSpan s_ending = TimeSpan.FromMilliseconds(500);

    private readonly WebApplication _app;
    private readonly PlatformPlan _plan;
    private readonly DataFolderLock _lock;
    private bool _isStarted;
    private bool _records;
    private bool _listens;
    private long _stopBegan;

    private Platform(WebApplication app, PlatformPlan plan, DataFolderLock held) => (_app, _plan, _lock) = (app, plan, held);

    public string DevicesFolder => _plan.DevicesFolder;

    /// <summary>Where a simulator in this process publishes.</summary>
    public Uri MqttAddress => new(FormattableString.Invariant($"mqtt://{(Equals(_plan.Address, System.Net.IPAddress.Any) ? System.Net.IPAddress.Loopback : _plan.Address)}:{MqttPort}"));

    /// <summary>The port MQTT got; a free one where 0 was asked.</summary>
    public int MqttPort { get; private set; }

    public int HttpPort { get; private set; }

    public IServiceProvider Rooms => _app.Services;

    /// <summary>Reads settings and files and wires the rooms; nothing listens yet.</summary>
    /// <param name="source">The settings.</param>
    /// <param name="change">Puts other rooms behind ports; null for the platform as it is.</param>
    /// <exception cref="SettingsFaultException">Settings or files are wrong; all faults are in it.</exception>
    /// <exception cref="IOException">The data folder is in use.</exception>
    public static Platform Build(SettingsSource source, Action<IServiceCollection>? change = null)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Configuration.Sources.Clear();
        source.AddTo(builder.Configuration);

        // The slim builder sets the simple formatter whatever Logging:Console:FormatterName says; json is one object a line, for machines.
        builder.Services.PostConfigure<ConsoleLoggerOptions>(o => o.FormatterName = builder.Configuration["Logging:Console:FormatterName"] ?? o.FormatterName);
        var plan = PlatformPlan.Read(builder.Configuration, alsoScenarios: false);
        var held = DataFolderLock.Take(plan.DataFolder);
        try
        {
            builder.Services.AddRooms(plan);
            change?.Invoke(builder.Services);
            builder.Services.Configure<HostOptions>(o => o.ShutdownTimeout = StopTimeout);
            builder.WebHost.UseKestrelHttpsConfiguration();
            builder.WebHost.ConfigureKestrel(kestrel =>
            {
                kestrel.AddServerHeader = false;
                kestrel.ListenMqtt(plan.Address, plan.Mqtt);
                kestrel.Listen(plan.Address, plan.Platform.HttpPort);
            });
            var app = builder.Build();
            app.UseHttpIdentity(plan);
            app.MapAlatauWeb();
            return new Platform(app, plan, held);
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    /// <summary>Opens the store, then the doors.</summary>
    /// <returns>False when it was asked to stop before: nothing was taken, and what it had begun to replay the next start replays again.</returns>
    /// <exception cref="StoreException">The store can't be used and waiting won't help.</exception>
    /// <exception cref="IOException">A port is in use.</exception>
    public async Task<bool> StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            await StartRoomsAsync(cancellationToken);
            _isStarted = true;
            await ListenAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            _stopBegan = TimeProvider.System.GetTimestamp();
            return false;
        }

        _listens = true;
        int[] ports = [.. _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Select(a => new Uri(a).Port)];
        (MqttPort, HttpPort) = (ports[0], ports[^1]);
        foreach (var bridge in _app.Services.GetServices<BridgeSource>())
        {
            bridge.Start();
        }

        return true;
    }

    /// <summary>Opens the store and starts the road with all doors closed: for a verb that works on the data folder of a platform that isn't running.</summary>
    /// <exception cref="StoreException">The store can't be used and waiting won't help.</exception>
    public async Task StartClosedAsync(CancellationToken cancellationToken)
    {
        await StartRoomsAsync(cancellationToken);
        _isStarted = true;
    }

    /// <summary>Starts the road with all doors closed and time that is the messages' own, lets <paramref name="feed"/> post them, and returns when all that came of them is stored.</summary>
    public async Task ReplayAsync(Func<IServiceProvider, CancellationToken, Task> feed, CancellationToken cancellationToken)
    {
        var engine = _app.Services.GetRequiredService<AssetEngine>();
        var ledger = _app.Services.GetRequiredService<Ledger>();
        await _app.Services.GetRequiredService<IHistoryStore>().OpenAsync(cancellationToken);
        _app.Services.GetRequiredService<HistoryRecorder>().Start();
        engine.BeginReplay();
        engine.Start();
        _isStarted = true;
        await feed(_app.Services, cancellationToken);
        await engine.GoLiveAsync(Instant.Now(TimeProvider.System), cancellationToken);
        await engine.DrainAsync(cancellationToken);
        var marks = _app.Services.GetRequiredService<CorrectionMarks>();
        var corrections = _app.Services.GetRequiredService<CorrectionLoop>();
        while (ledger.Total().Waiting > 0 || marks.Waiting > 0)
        {
            if (!await corrections.RunOnceAsync(cancellationToken))
            {
                await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, cancellationToken);
            }
        }
    }

    private async Task StartRoomsAsync(CancellationToken cancellationToken)
    {
        if (_plan.Storage.Provider == StorageProvider.Sqlite)
        {
            // The embedded store must be well before anything is taken; a database elsewhere may come later, the recorder waits for it.
            await _app.Services.GetRequiredService<IHistoryStore>().OpenAsync(cancellationToken);
        }

        var checkpoints = _app.Services.GetService<Checkpoints>();
        checkpoints?.Open();
        _app.Services.GetService<HistoryRecorder>()?.Start();
        _records = true;
        if (checkpoints is null)
        {
            _app.Services.GetRequiredService<AssetEngine>().Start();
        }
        else
        {
            await checkpoints.RecoverAsync(cancellationToken);
            await OpenAlarms.RestoreAsync(_app.Services, cancellationToken);
            checkpoints.Start();
        }

        var outages = _app.Services.GetRequiredService<OutageWatch>();
        if (_app.Services.GetService<ListeningMarks>() is { } marks)
        {
            marks.HeardAgain = outages.CountAnew;
        }

        outages.Start();
    }

    /// <summary>Says where it listens, for people and for scripts.</summary>
    public void Announce(TextWriter output)
    {
        string host = Equals(_plan.Address, System.Net.IPAddress.Any) ? "0.0.0.0" : _plan.Address.ToString();
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Alatau.Iot  {_plan.Files.Fleets.Sum(f => f.Assets.Count)} assets, {_plan.Files.Profiles.Profiles.Count} device profiles, {_plan.Files.Rules.Count} alarm rules"));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"MQTT        mqtt://{host}:{MqttPort}"));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Console     http://{host}:{HttpPort}"));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"History     {_plan.Storage.Provider} in {_plan.DataFolder}"));
        output.WriteLine("Ctrl+C drains and stops.");
        output.Flush();
    }

    /// <summary>Runs until <paramref name="stop"/>, or until a part of the road dies.</summary>
    /// <param name="error">Where a death is told.</param>
    /// <param name="companion">Something else that must not fail meanwhile, such as the demo's simulator; its end is no reason to stop. Null for nothing.</param>
    /// <param name="stop">Ctrl+C.</param>
    /// <returns>False when a part died.</returns>
    public async Task<bool> WaitAsync(TextWriter error, Task? companion, CancellationToken stop)
    {
        var asked = Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stop);
        var vital = new List<Task> { asked, _app.Services.GetRequiredService<AssetEngine>().Completion };
        if (_app.Services.GetService<HistoryRecorder>() is { } recorder)
        {
            vital.Add(recorder.Completion);
        }

        if (_app.Services.GetService<Checkpoints>() is { } checkpoints)
        {
            vital.Add(checkpoints.Completion);
        }

        if (_app.Services.GetRequiredService<OutageWatch>() is { Completion.IsCompletedSuccessfully: false } outages)
        {
            vital.Add(outages.Completion);
        }

        if (companion is not null)
        {
            vital.Add(companion);
        }

        while (true)
        {
            var ended = await Task.WhenAny(vital);
            _stopBegan = TimeProvider.System.GetTimestamp();
            if (ended == asked)
            {
                return true;
            }

            if (ended == companion && !companion.IsFaulted)
            {
                vital.Remove(companion);
                continue;
            }

            string why = ended.Exception?.GetBaseException().Message ?? "a part of the road has ended by itself";
            await error.WriteLineAsync($"Stopped: {why}");
            return false;
        }
    }

    /// <summary>Closes the doors, lets what is on the road reach the store, then stops; within <see cref="StopTimeout"/>.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_isStarted)
        {
            // One clock for all steps, begun by Ctrl+C: what one takes longer, the others have less.
            long began = _stopBegan == 0 ? TimeProvider.System.GetTimestamp() : _stopBegan;
            using var limit = new CancellationTokenSource(Left(began, s_ending + s_lastRows), TimeProvider.System);
            if (_listens)
            {
                foreach (var bridge in _app.Services.GetServices<BridgeSource>())
                {
                    await bridge.StopAsync();
                }

                await _app.Services.GetRequiredService<MqttServer>().StopAsync(limit.Token);
                await Quietly(_app.StopAsync(limit.Token));
            }

            await Quietly(_app.Services.GetRequiredService<AssetEngine>().DrainAsync(limit.Token).AsTask());
            if (_app.Services.GetService<Checkpoints>() is { } checkpoints)
            {
                // So that the next start has nothing to replay; if the time is over, it replays.
                await Quietly(checkpoints.TakeAsync(limit.Token));
            }

            else if (_app.Services.GetService<CorrectionMarks>() is { } marks)
            {
                await Quietly(marks.MakeDurableAsync(limit.Token));
            }

            if (_app.Services.GetService<HistoryRecorder>() is { } recorder)
            {
                await recorder.StopAsync(Left(began, s_ending));
            }
        }

        else if (_records && _app.Services.GetService<HistoryRecorder>() is { } recorder)
        {
            // Stopped or failed on the way: no checkpoint is taken, and shards that wait for the store are let go.
            await recorder.StopAsync(Left(_stopBegan == 0 ? TimeProvider.System.GetTimestamp() : _stopBegan, s_ending));
        }

        await _app.DisposeAsync();
        _lock.Dispose();
    }

    private async Task ListenAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _app.StartAsync(cancellationToken);
        }
        catch (IOException e) when (e.InnerException is Microsoft.AspNetCore.Connections.AddressInUseException)
        {
            throw new IOException($"{e.Message.Replace("http://", "", StringComparison.Ordinal)} Another program has that port: end it, or choose other ports with --mqtt-port and --http-port.", e);
        }
    }

    /// <summary>What is left of <see cref="StopTimeout"/> without a reserve; never negative.</summary>
    private static TimeSpan Left(long began, TimeSpan reserve)
    {
        var left = StopTimeout - reserve - TimeProvider.System.GetElapsedTime(began);
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }

    private static async Task Quietly(Task step)
    {
        try
        {
            await step;
        }
        catch (OperationCanceledException)
        {
            // The time to drain is over; what was not acknowledged is sent again by its device.
        }
    }
}
