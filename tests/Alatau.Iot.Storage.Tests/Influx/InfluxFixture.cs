using Alatau.Iot.Core.History;
using Alatau.Iot.Storage.Tests.Influx;
using Alatau.Iot.Testing.Peers;

[assembly: AssemblyFixture(typeof(InfluxFixture))]

namespace Alatau.Iot.Storage.Tests.Influx;

/// <summary>One real database for all tests of this assembly; each takes a name of its own in it.</summary>
public sealed class InfluxFixture : IAsyncLifetime
{
    private InfluxDatabase? _database;

    /// <summary>For rows of a fixed day: the database refuses what is past its retention.</summary>
    public static RetentionOptions ForEver => new() { RawDays = 0, OneMinuteDays = 0, QuarterHourDays = 0 };

    public InfluxDatabase Database
    {
        get
        {
            Assert.SkipWhen(_database is null, InfluxDatabase.Missing ?? "");
            return _database!;
        }
    }

    public async ValueTask InitializeAsync()
    {
        if (InfluxDatabase.Missing is null)
        {
            _database = await InfluxDatabase.StartAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_database is not null)
        {
            await _database.DisposeAsync();
        }
    }
}
