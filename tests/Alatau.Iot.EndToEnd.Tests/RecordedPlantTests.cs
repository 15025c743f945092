namespace Alatau.Iot.EndToEnd.Tests;

/// <summary>Measured data of a real plant travels the same road, and the sums come out.</summary>
public sealed class RecordedPlantTests
{
    private const string Inverter = "golden/nrel-rsf2-inverter-2";
    private const double EnergyWattHours = 1_455_886.8;

    [Fact]
    public async Task Simulate_MeasuredPlant_EndsAtItsEnergyAndWindowsSumToIt()
    {
        string folder = Path.GetDirectoryName(SharedData.PathOf("pv_nrel_rsf2_15min.csv"))!;
        await using var platform = await AlatauProcess.StartAsync("run");
        var played = await AlatauProcess.RunToEndAsync(
            "simulate", "--scenario", "pv-plant", "--recordings", folder, "--broker", FormattableString.Invariant($"mqtt://127.0.0.1:{platform.MqttPort}"));
        Assert.True(played.ExitCode == 0, played.Output);
        Assert.Contains("published 480 messages", played.Output, StringComparison.Ordinal);

        var asset = await platform.UntilAsync($"api/v1/assets/{Inverter}", a => Math.Abs(a.ValueOf("energyProduced") - EnergyWattHours) < 0.1);
        Assert.Equal("Wh", asset.Values["energyProduced"].Text("unit"));
        var ledger = await platform.QuietLedgerAsync(l => l.Long("received") == 480);
        Assert.Equal(480, ledger.Long("stored"));

        var (from, to) = (new DateTimeOffset(2022, 1, 1, 0, 0, 0, TimeSpan.Zero), new DateTimeOffset(2022, 1, 9, 0, 0, 0, TimeSpan.Zero));
        foreach (string window in new[] { "1h", "15m" })
        {
            // The last window is published when its time by the wall clock and the idle delay are over.
            double sum = 0;
            long began = TimeProvider.System.GetTimestamp();
            while (Math.Abs(sum - EnergyWattHours) >= 0.1 && TimeProvider.System.GetElapsedTime(began) < AlatauProcess.Patience)
            {
                sum = (await platform.SeriesAsync(Inverter, "energyProduced", from, to, window)).Sum(p => p.Double("v"));
                await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System);
            }

            Assert.Equal(EnergyWattHours, sum, 0.1);
        }
    }
}
