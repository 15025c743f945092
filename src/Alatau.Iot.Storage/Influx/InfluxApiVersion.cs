namespace Alatau.Iot.Storage.Influx;

/// <summary>Which way InfluxDB is written. Queries are InfluxQL in every case.</summary>
public enum InfluxApiVersion
{
    /// <summary>Asked of the server: 1.x is written by <see cref="V1"/>, everything newer by <see cref="V2"/>.</summary>
    Auto,

    /// <summary><c>/write?db=</c> of InfluxDB 1.x.</summary>
    V1,

    /// <summary><c>/api/v2/write</c> of InfluxDB 2.x, 3.x and the cloud.</summary>
    V2,
}
