using System.Globalization;
using System.Text.Json;
using Alatau.Iot.Benchmarks.Servers;
using Alatau.Iot.Simulator.Load;

namespace Alatau.Iot.Benchmarks.Road;

/// <summary>Compares what the platform says over its API with what the load generator knows it sent.</summary>
internal static class RoadCheck
{
    private const double RelativeTolerance = 1e-9;
    private const int PointsAPage = 10_000;

    /// <summary>The idle rule publishes the last windows 10 s after the last arrival; a store may take a while longer.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2);

    /// <summary>Every asset is there, and their latest registers add up.</summary>
    /// <exception cref="WrongResultException">They don't.</exception>
    public static async Task RegistersAsync(AlatauServer server, LoadOptions load, LoadResult sent)
    {
        double energy = 0;
        int assets = 0;
        string? cursor = null;
        do
        {
            var page = await server.GetAsync($"api/v1/assets?site={load.Site}&limit=1000{(cursor is null ? "" : "&cursor=" + cursor)}");
            foreach (var asset in page.GetProperty("items").EnumerateArray())
            {
                assets++;
                energy += asset.GetProperty("values").EnumerateArray().Single(v => v.GetProperty("measurand").GetString() == "energyImport").GetProperty("value").GetDouble();
            }

            cursor = page.GetProperty("next").GetString();
        }
        while (cursor is not null);

        int expected = (int)Math.Min(load.Assets, sent.Sent);
        if (assets != expected || energy != sent.FinalEnergyWattHours)
        {
            throw new WrongResultException(string.Create(
                CultureInfo.InvariantCulture, $"{expected} assets with registers of {sent.FinalEnergyWattHours} Wh in all were sent, the API shows {assets} with {energy} Wh."));
        }
    }

    /// <summary>The windows of all assets in the store hold every message once and their means add up to the sum of power that was sent.</summary>
    /// <exception cref="WrongResultException">They don't.</exception>
    public static async Task WindowsAsync(AlatauServer server, LoadOptions load, LoadResult sent)
    {
        foreach (string span in (string[])["1h", "1m"])
        {
            long began = TimeProvider.System.GetTimestamp();
            while (true)
            {
                var (count, watts) = await SumAsync(server, load, span);
                bool isRight = count == sent.Sent && Math.Abs(watts - sent.PowerSumWatts) <= sent.PowerSumWatts * RelativeTolerance;
                if (isRight)
                {
                    break;
                }

                if (count > sent.Sent || TimeProvider.System.GetElapsedTime(began) > s_patience)
                {
                    throw new WrongResultException(string.Create(
                        CultureInfo.InvariantCulture, $"{sent.Sent} messages with {sent.PowerSumWatts} W in all were sent, the {span} windows in the store hold {count} with {watts} W."));
                }

                await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System);
            }
        }
    }

    private static async Task<(long Count, double Watts)> SumAsync(AlatauServer server, LoadOptions load, string span)
    {
        long count = 0;
        double watts = 0;
        long from = load.Start.UnixMilliseconds - (long)TimeSpan.FromHours(1).TotalMilliseconds;
        for (int asset = 0; asset < load.Assets; asset++)
        {
            string? at = from.ToString(CultureInfo.InvariantCulture);
            while (at is not null)
            {
                var page = await server.GetAsync(string.Create(
                    CultureInfo.InvariantCulture, $"api/v1/assets/{load.Site}/{LoadPacket.FirstAsset + asset}/series?measurand=activePower&window={span}&from={at}&limit={PointsAPage}"));
                foreach (var point in page.GetProperty("points").EnumerateArray())
                {
                    count += point.GetProperty("count").GetInt64();
                    watts += point.GetProperty("count").GetInt64() * point.GetProperty("mean").GetDouble();
                }

                at = page.GetProperty("next") is { ValueKind: JsonValueKind.String } next ? next.GetString() : null;
            }
        }

        return (count, watts);
    }
}
