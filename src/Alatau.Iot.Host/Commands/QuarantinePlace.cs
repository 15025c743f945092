using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Alatau.Iot.Core.Quarantine;
using Alatau.Iot.Host.Settings;
using Alatau.Iot.Host.Wiring;
using Microsoft.Extensions.DependencyInjection;

namespace Alatau.Iot.Host.Commands;

/// <summary>Where a verb finds the quarantine: at a running platform over its API, or, with <c>--data</c>, in the folder of a stopped one, whose road it then starts with all doors closed.</summary>
internal sealed class QuarantinePlace
{
    private const int Page = 500;

    private readonly PlatformApi.Switches _api = new();
    private readonly PlatformSwitches _files = new();

    public void AddTo(Command command)
    {
        _api.AddTo(command);
        _files.AddFilesTo(command);
    }

    public Task<IReadOnlyList<QuarantineRow>> ListAsync(ParseResult parsed, QuarantineFilter filter, int limit, bool alsoReplayed, CancellationToken stop) =>
        AskAsync<IReadOnlyList<QuarantineRow>>(
            parsed,
            async api =>
            {
                var rows = new List<QuarantineRow>();
                string? cursor = null;
                do
                {
                    string query = QuarantineSwitches.Query(
                        filter, ("replayed", alsoReplayed ? "true" : null), ("limit", Math.Min(Page, limit - rows.Count).ToString(CultureInfo.InvariantCulture)), ("cursor", cursor));
                    var page = await api.GetAsync("api/v1/quarantine" + query, stop);
                    rows.AddRange(page.GetProperty("items").EnumerateArray().Select(QuarantineRow.From));
                    cursor = page.GetProperty("next").GetString();
                }
                while (cursor is not null && rows.Count < limit);
                return rows;
            },
            rooms => Task.FromResult<IReadOnlyList<QuarantineRow>>(
                [.. filter.List(rooms.GetRequiredService<IQuarantine>(), rooms.GetRequiredService<IQuarantineReplay>().AssetOf, long.MaxValue, limit, alsoReplayed).Select(QuarantineRow.From)]),
            stop);

    /// <exception cref="IOException">There is no such message.</exception>
    public Task<QuarantineRow> FindAsync(ParseResult parsed, long number, CancellationToken stop) => AskAsync(
        parsed,
        async api => QuarantineRow.From(await api.GetAsync(string.Create(CultureInfo.InvariantCulture, $"api/v1/quarantine/{number}"), stop)),
        rooms => rooms.GetRequiredService<IQuarantine>().Find(number) is { } message ? Task.FromResult(QuarantineRow.From(message)) : throw Unknown(number),
        stop);

    public Task<QuarantineReplayResult> ReplayAsync(ParseResult parsed, QuarantineFilter filter, CancellationToken stop) => AskAsync(
        parsed,
        async api => Result(await api.PostAsync("api/v1/quarantine/replay" + QuarantineSwitches.Query(filter), stop)),
        rooms => rooms.GetRequiredService<IQuarantineReplay>().ReplayAsync(filter, stop).AsTask(),
        stop);

    /// <exception cref="IOException">There is no such message, or it was sent through before.</exception>
    public Task<QuarantineReplayResult> ReplayAsync(ParseResult parsed, long number, CancellationToken stop) => AskAsync(
        parsed,
        async api => Result(await api.PostAsync(string.Create(CultureInfo.InvariantCulture, $"api/v1/quarantine/{number}/replay"), stop)),
        async rooms => await rooms.GetRequiredService<IQuarantineReplay>().ReplayAsync(number, stop) is not { } answer ? throw Unknown(number) : answer.Verdict switch
        {
            QuarantineReplayVerdict.Taken => new QuarantineReplayResult(1, 1, [], 0, 0),
            QuarantineReplayVerdict.TakenBefore => throw new IOException(string.Create(CultureInfo.InvariantCulture, $"Message {number} was sent through again already.")),
            QuarantineReplayVerdict.Busy => new QuarantineReplayResult(1, 0, [], 0, 1),
            _ => new QuarantineReplayResult(1, 0, [answer], 1, 0),
        },
        stop);

    private static IOException Unknown(long number) => new(string.Create(CultureInfo.InvariantCulture, $"There is no message {number} in quarantine."));

    private static QuarantineReplayResult Result(JsonElement report) => new(
        report.GetProperty("tried").GetInt64(),
        report.GetProperty("taken").GetInt64(),
        [.. report.GetProperty("items").EnumerateArray().Select(Refusal)],
        report.GetProperty("refused").GetInt64(),
        report.GetProperty("busy").GetInt64());

    private static QuarantineReplayAnswer Refusal(JsonElement item) => new(
        item.GetProperty("number").GetInt64(),
        QuarantineReplayVerdict.Refused,
        Enum.TryParse<QuarantineReason>(item.GetProperty("reason").GetString(), ignoreCase: true, out var reason) ? reason : null,
        item.GetProperty("detail").GetString() ?? "");

    private async Task<T> AskAsync<T>(ParseResult parsed, Func<PlatformApi, Task<T>> running, Func<IServiceProvider, Task<T>> stopped, CancellationToken stop)
    {
        if (!_files.NamesData(parsed))
        {
            using var api = await _api.OpenAsync(parsed, stop);
            return await running(api);
        }

        if (_api.NamesUrl(parsed))
        {
            throw new SettingsFaultException(["--url asks a running platform, --data opens the folder of a stopped one: give one of them."]);
        }

        await using var platform = Platform.Build(_files.Read(parsed, new Dictionary<string, string?>(StringComparer.Ordinal)));
        await platform.StartClosedAsync(stop);
        return await stopped(platform.Rooms);
    }
}
