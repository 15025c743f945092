using System.Globalization;
using System.Text;
using System.Text.Json;
using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Simulator.Devices;
using Alatau.Iot.Simulator.Dialects;
using FsCheck;
using FsCheck.Fluent;

namespace Alatau.Iot.Simulator.Tests.Dialects;

public sealed class DialectTests
{
    private static readonly Instant At = Instant.From(new DateTimeOffset(2026, 11, 22, 5, 0, 0, 250, TimeSpan.Zero));

    [Fact]
    public void Native_Values_AreWrittenAsTheContractSays()
    {
        var (topic, json, said) = Write(new NativeDialect(AssetId.Of("golden", "m1")), new ReadingLayout(("activePower", 1), ("voltage", 2), ("energyImport", 1)), [1234.56, double.NaN, 123456]);
        Assert.Equal("alatau/v1/golden/m1/telemetry", topic);
        Assert.Equal("{\"ts\":1795323600250,\"seq\":42,\"v\":{\"activePower\":1234.6,\"energyImport\":123456}}", json);
        Assert.Equal([1234.6, double.NaN, 123456], said);
    }

    [Fact]
    public void Shelly_ThreePhases_SpeaksNotifyStatus()
    {
        var values = new double[Layouts.ThreePhaseMeter.Count];
        for (var i = 0; i < values.Length; i++)
            values[i] = i + 100.126;
        var (topic, text, said) = Write(new ShellyDialect("shellypro3em-1"), Layouts.ThreePhaseMeter, values);
        var json = JsonDocument.Parse(text).RootElement;
        Assert.Equal("shellypro3em-1/events/rpc", topic);
        Assert.Equal("NotifyStatus", json.GetProperty("method").GetString());
        var parameters = json.GetProperty("params");
        Assert.Equal(At.UnixMilliseconds / 1000.0, parameters.GetProperty("ts").GetDouble(), 1e-6);
        Assert.Equal(111.1, parameters.GetProperty("em:0").GetProperty("a_act_power").GetDouble());
        Assert.Equal(107.1, parameters.GetProperty("em:0").GetProperty("c_voltage").GetDouble());
        Assert.Equal(100.126, parameters.GetProperty("em:0").GetProperty("total_act_power").GetDouble());
        Assert.Equal(114.13, parameters.GetProperty("emdata:0").GetProperty("total_act").GetDouble());
        Assert.True(double.IsNaN(said[Layouts.ThreePhaseMeter.Find("reactivePower")]));
        Assert.Equal(115.13, said[Layouts.ThreePhaseMeter.Find("energyExport")]);
    }

    [Fact]
    public void Tasmota_SinglePhase_SpeaksLocalTimeAndKilowattHours()
    {
        double[] values = [2635, 282, 2650, 0.994, 50.01, 227.3, 11.6613, 6294.4, 0];
        var zone = TimeZoneInfo.FindSystemTimeZoneById("Asia/Almaty");
        var (topic, text, said) = Write(new TasmotaDialect("plug-1", zone), Layouts.SinglePhaseMeter, values);
        var json = JsonDocument.Parse(text).RootElement;
        Assert.Equal("tele/plug-1/SENSOR", topic);

        // UTC+5 since 2024-03-01; an older time zone database says +6.
        Assert.Equal("2026-11-22T10:00:00", json.GetProperty("Time").GetString());
        var energy = json.GetProperty("ENERGY");
        Assert.Equal(6.294, energy.GetProperty("Total").GetDouble());
        Assert.Equal(2635, energy.GetProperty("Power").GetDouble());
        Assert.Equal(0.99, energy.GetProperty("Factor").GetDouble());
        Assert.Equal(6294, said[7], 1e-9);
    }

    [Fact]
    public void Append_AnyNumber_ReadsBackAsTheNumberItSays() => Prop.ForAll<int, int, byte>((whole, millionths, decimals) =>
    {
        var number = whole + (millionths / 1e6);
        var digits = decimals % 7;
        var payload = new PayloadWriter();
        var said = payload.Append(number, digits);
        var read = double.Parse(Encoding.UTF8.GetString(payload.Written), CultureInfo.InvariantCulture);
        return read == said && Math.Abs(said - number) <= 0.5000001 / Math.Pow(10, digits);
    }).QuickCheckThrowOnFailure();

    private static (string Topic, string Json, double[] Said) Write(Dialect dialect, ReadingLayout layout, double[] values)
    {
        var payload = new PayloadWriter();
        var said = new double[layout.Count];
        dialect.Write(payload, layout, values, At, 42, said);
        return (dialect.Topic, Encoding.UTF8.GetString(payload.Written), said);
    }
}
