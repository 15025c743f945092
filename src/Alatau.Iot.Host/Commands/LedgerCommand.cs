using System.CommandLine;
using System.Globalization;
using System.Text.Json;

namespace Alatau.Iot.Host.Commands;

/// <summary><c>alatau ledger</c>: the account of every message of a running platform.</summary>
internal static class LedgerCommand
{
    private static readonly string[] s_columns = ["received", "stored", "duplicate", "quarantined", "waiting", "unaccounted"];

    public static Command Create(TextWriter output, TextWriter error)
    {
        var api = new PlatformApi.Switches();
        var json = new Option<bool>("--json") { Description = "The API's own answer instead of a table." };
        var command = new Command("ledger", "Show where every message went: received = stored + duplicate + quarantined + waiting. Exit code 1 when a message is unaccounted for, or no platform answers.");
        api.AddTo(command);
        command.Add(json);
        command.SetAction(async (parsed, stop) =>
        {
            using var platform = await api.OpenAsync(parsed, stop);
            var ledger = await platform.GetAsync("api/v1/ledger", stop);
            return await ShowAsync(ledger, parsed.GetValue(json), output, error);
        });
        return command;
    }

    /// <summary>Writes the account and says by the exit code whether it closes.</summary>
    /// <exception cref="IOException">It is no ledger.</exception>
    internal static async Task<int> ShowAsync(JsonElement ledger, bool asJson, TextWriter output, TextWriter error)
    {
        if (ledger.ValueKind != JsonValueKind.Object || !ledger.TryGetProperty("byRoute", out var byRoute))
        {
            throw new IOException("What answers is no ledger of an Alatau platform.");
        }

        var rows = byRoute.EnumerateObject().Select(route => (Name: route.Name, Account: Row(route.Value))).Append((Name: "total", Account: Row(ledger))).ToList();
        await output.WriteLineAsync(asJson ? ledger.GetRawText() : Table(rows));

        // Added up here once more: an account that is only believed is worth nothing.
        var open = rows.Where(row => row.Account[^1] != 0 || row.Account[0] != row.Account[1..^1].Sum()).ToList();
        foreach (var (name, account) in open)
        {
            await error.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{name}: {account[0] - account[1..^1].Sum():N0} messages are unaccounted for ({account[^1]:N0} by the platform's own word)."));
        }

        if (open.Count == 0 && !asJson)
        {
            long waiting = rows[^1].Account[^2];
            await output.WriteLineAsync(waiting == 0 ? "Balanced and quiet." : string.Create(CultureInfo.InvariantCulture, $"Balanced; {waiting:N0} messages are on the road."));
        }

        return open.Count == 0 ? ExitCode.Success : ExitCode.Failure;
    }

    private static long[] Row(JsonElement account) =>
        [.. s_columns.Select(name => account.TryGetProperty(name, out var count) && count.TryGetInt64(out long number) ? number : throw new IOException($"The ledger has no count '{name}'."))];

    private static string Table(List<(string Name, long[] Account)> rows)
    {
        int first = Math.Max("route".Length, rows.Max(row => row.Name.Length));
        var lines = rows.Select(row => row.Name.PadRight(first) + string.Concat(row.Account.Select((count, i) => count.ToString("N0", CultureInfo.InvariantCulture).PadLeft(Width(i)))));
        return string.Join(Environment.NewLine, lines.Prepend("route".PadRight(first) + string.Concat(s_columns.Select((name, i) => name.PadLeft(Width(i))))));

        int Width(int column) => 2 + Math.Max(s_columns[column].Length, rows.Max(row => row.Account[column].ToString("N0", CultureInfo.InvariantCulture).Length));
    }
}
