using System.Globalization;
using System.Text.Json;

namespace Alatau.Iot.Testing.Peers;

/// <summary>A real InfluxDB 1.x on free loopback ports with a configuration and a folder of its own.</summary>
public sealed class InfluxDatabase : IAsyncDisposable
{
    private readonly HttpClient _client = new();
    private readonly string _folder;
    private ProcessPeer? _process;
    private int _databases;

    private InfluxDatabase(int port, string folder) => (Port, _folder) = (port, folder);

    public int Port { get; }

    /// <summary>The database's process, for whoever measures it.</summary>
    public int ProcessId => _process!.Id;

    public Uri Uri => new($"http://127.0.0.1:{Port}");

    /// <summary>Null when installed, else why a test has to be skipped.</summary>
    public static string? Missing => ProcessPeer.Find("influxd") is null ? "influxd (Debian's influxdb 1.6.7) isn't installed" : null;

    /// <summary>Starts a database.</summary>
    /// <param name="maximumBodyBytes">Longest body it takes; 25 MB by default, as the product's own.</param>
    /// <param name="withAuthentication">Whether callers must name a user.</param>
    /// <param name="folder">Where it keeps its files, for instance on a disk of its own; deleted at the end. Default a temporary one.</param>
    public static async Task<InfluxDatabase> StartAsync(int maximumBodyBytes = 25_000_000, bool withAuthentication = false, string? folder = null)
    {
        var database = new InfluxDatabase(FreePort.Take(), folder ?? Directory.CreateTempSubdirectory("alatau-influxd-").FullName);
        await File.WriteAllTextAsync(database.ConfigPath, string.Create(CultureInfo.InvariantCulture, $"""
            reporting-disabled = true
            bind-address = "127.0.0.1:{FreePort.Take()}"
            [meta]
              dir = "{database._folder}/meta"
            [data]
              dir = "{database._folder}/data"
              wal-dir = "{database._folder}/wal"
              index-version = "tsi1"
              max-series-per-database = 0
              max-values-per-tag = 0
            [monitor]
              store-enabled = false
            [http]
              bind-address = "127.0.0.1:{database.Port}"
              log-enabled = false
              auth-enabled = {(withAuthentication ? "true" : "false")}
              max-body-size = {maximumBodyBytes}
            """));
        await database.RestartAsync();
        return database;
    }

    /// <summary>Starts it again on the same port and folder, after <see cref="KillAsync"/>.</summary>
    public async Task RestartAsync()
    {
        string program = ProcessPeer.Find("influxd") ?? throw new InvalidOperationException(Missing);
        _process = ProcessPeer.Start(program, ["-config", ConfigPath]);
        await Eventually.TrueAsync(() => _process.HasExited || _process.Output.Contains("Listening on HTTP", StringComparison.Ordinal));
        if (_process.HasExited)
        {
            throw new InvalidOperationException("influxd ended: " + _process.Output);
        }
    }

    public Task KillAsync() => _process!.KillAsync();

    /// <summary>Stops it in its tracks (SIGSTOP): connections stay, nothing answers.</summary>
    public Task PauseAsync() => SignalAsync("-STOP");

    /// <summary>Lets it go on (SIGCONT).</summary>
    public Task ResumeAsync() => SignalAsync("-CONT");

    private async Task SignalAsync(string signal)
    {
        await using var kill = ProcessPeer.Start("/bin/kill", [signal, _process!.Id.ToString(CultureInfo.InvariantCulture)]);
        if (await kill.WaitForExitAsync() != 0)
        {
            throw new InvalidOperationException(kill.Output);
        }
    }

    /// <summary>A name no other test of this database uses.</summary>
    public string NextName() => string.Create(CultureInfo.InvariantCulture, $"telemetry{Interlocked.Increment(ref _databases)}");

    /// <summary>Runs InfluxQL as Grafana does and answers the rows, each by column name, tags among them.</summary>
    public async Task<IReadOnlyList<IReadOnlyDictionary<string, JsonElement>>> QueryAsync(string database, string statement)
    {
        using var content = new FormUrlEncodedContent([new("q", statement)]);
        using var response = await _client.PostAsync(new Uri(Uri, $"/query?db={Uri.EscapeDataString(database)}&epoch=ms"), content);
        using var json = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        if (!json.RootElement.TryGetProperty("results", out var results) || results[0].TryGetProperty("error", out _))
        {
            throw new InvalidOperationException($"{statement}: {json.RootElement}");
        }

        var rows = new List<IReadOnlyDictionary<string, JsonElement>>();
        foreach (var series in results[0].TryGetProperty("series", out var all) ? all.EnumerateArray() : default)
        {
            string[] columns = [.. series.GetProperty("columns").EnumerateArray().Select(column => column.GetString()!)];
            foreach (var values in series.TryGetProperty("values", out var found) ? found.EnumerateArray() : default)
            {
                var row = columns.Zip(values.EnumerateArray()).ToDictionary(pair => pair.First, pair => pair.Second.Clone(), StringComparer.Ordinal);
                foreach (var tag in series.TryGetProperty("tags", out var tags) ? tags.EnumerateObject() : default)
                {
                    row[tag.Name] = tag.Value.Clone();
                }

                rows.Add(row);
            }
        }

        return rows;
    }

    /// <summary>Sends line protocol as it is and answers the status and the body.</summary>
    public async Task<(int Status, string Body)> WriteAsync(string database, string lines, string precision = "ms")
    {
        using var content = new StringContent(lines);
        using var response = await _client.PostAsync(new Uri(Uri, $"/write?db={Uri.EscapeDataString(database)}&precision={precision}"), content);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        if (_process is not null)
        {
            await _process.DisposeAsync();
        }

        Directory.Delete(_folder, recursive: true);
    }

    private string ConfigPath => Path.Combine(_folder, "influxdb.conf");
}
