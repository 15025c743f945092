using Alatau.Iot.Ingest.Decoding.Fields;
using Alatau.Iot.Ingest.Decoding.Profiles;

namespace Alatau.Iot.Ingest.Decoding.Sparkplug;

/// <summary>Messages of Sparkplug B; the topic's <c>{message}</c> says which, <c>{group}</c>, <c>{node}</c> and <c>{device}</c> whose.</summary>
/// <param name="Names">Which measurand a metric's name means.</param>
/// <param name="Online">The measurand that births and deaths set.</param>
/// <param name="IgnoresUnmapped">What becomes of data in which nothing is mapped.</param>
internal sealed record SparkplugShape(NameMap Names, Core.Measurands.MeasurandId Online, bool IgnoresUnmapped) : MessageShape;
