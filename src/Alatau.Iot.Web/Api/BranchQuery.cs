using System.ComponentModel;
using Alatau.Iot.Core.Measurands;
using Alatau.Iot.Core.RollUps;
using Alatau.Iot.Core.Topologies;

namespace Alatau.Iot.Web.Api;

/// <summary>What a question about the windows of one branch needs.</summary>
internal sealed record BranchQuery(
    Topology Topology,
    IRollUpStore Store,
    MeasurandCatalog Catalog,
    TimeProvider Clock,
    [property: Description("Name of the measurand, as activePower.")] string? Measurand,
    [property: Description("What the members are; default meter.")] string? Kind,
    [property: Description("Inclusive: RFC 3339 or Unix milliseconds. Default: 6 h (1m), 24 h (15m) or 7 d before to.")] string? From,
    [property: Description("Exclusive: RFC 3339 or Unix milliseconds; default now.")] string? To,
    [property: Description("1m, 15m or 1h; default 15m.")] string? Window,
    [property: Description("Most points in a page, 1 to 10000; default 2000.")] string? Limit);
