using System.Text.Json;
using Alatau.Iot.Core.Alarms;
using Alatau.Iot.Core.Assets;
using Alatau.Iot.Storage.Influx;

namespace Alatau.Iot.Storage.Tests.Influx;

public sealed class InfluxNamesTests
{
    [Fact]
    public void Of_EveryKindStateAndSeverity_IsItsNameInCamelCase()
    {
        Assert.All(Enum.GetValues<AssetKind>(), kind => Assert.Equal(Camel(kind), InfluxNames.Of(kind)));
        Assert.All(Enum.GetValues<AlarmState>(), state => Assert.Equal(Camel(state), InfluxNames.Of(state)));
        Assert.All(Enum.GetValues<AlarmSeverity>(), severity => Assert.Equal(Camel(severity), InfluxNames.Of(severity)));
    }

    private static string Camel<T>(T word)
        where T : struct, Enum => JsonNamingPolicy.CamelCase.ConvertName(word.ToString());
}
