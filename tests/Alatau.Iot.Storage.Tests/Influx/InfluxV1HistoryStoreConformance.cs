using Alatau.Iot.Core.History;
using Alatau.Iot.Storage.Influx;
using Alatau.Iot.Testing.Conformance;

namespace Alatau.Iot.Storage.Tests.Influx;

/// <summary>The suite against a real InfluxDB 1.x.</summary>
public sealed class InfluxV1HistoryStoreConformance(InfluxFixture influx) : HistoryStoreConformance
{
    private string? _name;

    /// <summary>Its rows are of a day of their own.</summary>
    protected override RetentionOptions Retention => InfluxFixture.ForEver;

    protected override bool Deletes => false;

    protected override ValueTask<IHistoryStore> CreateAsync()
    {
        _name ??= influx.Database.NextName();
        return ValueTask.FromResult<IHistoryStore>(new InfluxHistoryStore(new InfluxOptions { Url = influx.Database.Uri, Database = _name, LinesPerRequest = 1000 }, Retention, Assets, Measurands));
    }
}
