using Alatau.Iot.Core.History;
using Alatau.Iot.Storage.Influx;
using Alatau.Iot.Testing.Conformance;
using Alatau.Iot.Testing.Peers;

namespace Alatau.Iot.Storage.Tests.Influx;

/// <summary>The suite against the write API of 2.x.</summary>
public sealed class InfluxV2HistoryStoreConformance(InfluxFixture influx) : HistoryStoreConformance
{
    private InfluxV2StandIn? _standIn;

    /// <summary>Its rows are of a day of their own.</summary>
    protected override RetentionOptions Retention => InfluxFixture.ForEver;

    protected override bool Deletes => false;

    protected override async ValueTask<IHistoryStore> CreateAsync()
    {
        _standIn ??= await InfluxV2StandIn.StartAsync(influx.Database, influx.Database.NextName());
        var options = new InfluxOptions { Url = _standIn.Uri, Token = InfluxV2StandIn.Token, Org = InfluxV2StandIn.Org, Bucket = _standIn.Bucket, Database = _standIn.Bucket };
        return new InfluxHistoryStore(options, Retention, Assets, Measurands);
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        if (_standIn is not null)
        {
            await _standIn.DisposeAsync();
        }
    }
}
