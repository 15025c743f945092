using System.ComponentModel;
using Alatau.Iot.Core.Measurands;
using Alatau.Iot.Core.RollUps;
using Alatau.Iot.Core.Topologies;

namespace Alatau.Iot.Web.Api;

/// <summary>What a question about one node needs.</summary>
internal sealed record NodeQuery(
    Topology Topology,
    IRollUps RollUps,
    MeasurandCatalog Catalog,
    TimeProvider Clock,
    [property: Description("Which windows are summed: 1m, 15m or 1h; default 1m.")] string? Window);
