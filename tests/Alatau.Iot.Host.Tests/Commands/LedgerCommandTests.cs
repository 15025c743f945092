using System.Text.Json;
using Alatau.Iot.Host.Commands;

namespace Alatau.Iot.Host.Tests.Commands;

public sealed class LedgerCommandTests
{
    [Fact]
    public async Task Show_BalancedAndQuiet_IsATableAndEndsWell()
    {
        var (code, output, error) = await ShowAsync((10, 7, 1, 2, 0, 0), (10, 7, 1, 2, 0, 0));
        Assert.Equal((0, ""), (code, error));
        Assert.Contains("Balanced and quiet.", output, StringComparison.Ordinal);
        string[] total = output.Split(Environment.NewLine).First(line => line.StartsWith("total", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(["total", "10", "7", "1", "2", "0", "0"], total);
    }

    [Fact]
    public async Task Show_MessagesOnTheRoad_EndsWellAndSaysHowMany()
    {
        var (code, output, _) = await ShowAsync((10, 7, 0, 0, 3, 0), (10, 7, 0, 0, 3, 0));
        Assert.Equal(0, code);
        Assert.Contains("3 messages are on the road", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public async Task Show_AMessageIsMissing_FailsAndNamesTheRoute(long owned)
    {
        var (code, output, error) = await ShowAsync((10, 8, 0, 0, 0, owned), (10, 8, 0, 0, 0, owned));
        Assert.Equal(1, code);
        Assert.Contains("mqtt: 2 messages are unaccounted for", error, StringComparison.Ordinal);
        Assert.DoesNotContain("Balanced", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Show_NoLedger_IsRefused() =>
        await Assert.ThrowsAsync<IOException>(() => LedgerCommand.ShowAsync(JsonSerializer.Deserialize<JsonElement>("[1]"), false, TextWriter.Null, TextWriter.Null));

    private static async Task<(int Code, string Output, string Error)> ShowAsync(
        (long R, long S, long D, long Q, long W, long U) route, (long R, long S, long D, long Q, long W, long U) total)
    {
        string json = $"{{{Members(total)},\"byRoute\":{{\"mqtt\":{{{Members(route)}}}}}}}";
        using var output = new StringWriter();
        using var error = new StringWriter();
        int code = await LedgerCommand.ShowAsync(JsonSerializer.Deserialize<JsonElement>(json), asJson: false, output, error);
        return (code, output.ToString(), error.ToString());
    }

    private static string Members((long R, long S, long D, long Q, long W, long U) a) => FormattableString.Invariant(
        $"\"received\":{a.R},\"stored\":{a.S},\"duplicate\":{a.D},\"quarantined\":{a.Q},\"waiting\":{a.W},\"unaccounted\":{a.U}");
}
