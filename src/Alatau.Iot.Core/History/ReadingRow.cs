using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Measurands;
using Alatau.Iot.Core.Readings;
using Alatau.Iot.Core.Time;

namespace Alatau.Iot.Core.History;

/// <summary>One reading on its way to a store.</summary>
public readonly record struct ReadingRow(AssetHandle Asset, MeasurandId Measurand, Quality Quality, Instant MeasuredAt, double Value);
