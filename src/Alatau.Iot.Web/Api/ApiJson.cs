using System.Text.Json.Serialization;
using Alatau.Iot.Core.Alarms;
using Microsoft.AspNetCore.Mvc;

namespace Alatau.Iot.Web.Api;

/// <summary>Source-generated JSON of the API: camel case, numbers as numbers.</summary>
[JsonSourceGenerationOptions(System.Text.Json.JsonSerializerDefaults.Web, NumberHandling = JsonNumberHandling.Strict)]
[JsonSerializable(typeof(Listing<AssetItem>))]
[JsonSerializable(typeof(Listing<AlarmItem>))]
[JsonSerializable(typeof(Listing<OutageItem>))]
[JsonSerializable(typeof(OutageDetail))]
[JsonSerializable(typeof(Listing<SubscriptionView>))]
[JsonSerializable(typeof(SubscriptionDetail))]
[JsonSerializable(typeof(System.Text.Json.JsonElement))]
[JsonSerializable(typeof(DeliveryItem))]
[JsonSerializable(typeof(Listing<DeliveryItem>))]
[JsonSerializable(typeof(AssetDetail))]
[JsonSerializable(typeof(SeriesAnswer))]
[JsonSerializable(typeof(Listing<NodeItem>))]
[JsonSerializable(typeof(NodeDetail))]
[JsonSerializable(typeof(BranchSeries))]
[JsonSerializable(typeof(AlarmRequest))]
[JsonSerializable(typeof(AlarmAnswer))]
[JsonSerializable(typeof(QuarantineListing))]
[JsonSerializable(typeof(QuarantineReplayReport))]
[JsonSerializable(typeof(LedgerAnswer))]
[JsonSerializable(typeof(QualityAnswer))]
[JsonSerializable(typeof(TotalsAnswer))]
[JsonSerializable(typeof(TelemetryAnswer))]
[JsonSerializable(typeof(IReadOnlyList<RefusedMessage>))]
[JsonSerializable(typeof(ReadyAnswer))]
[JsonSerializable(typeof(LiveAnswer))]
[JsonSerializable(typeof(ReadingEvent))]
[JsonSerializable(typeof(ProblemDetails))]
[JsonSerializable(typeof(IDictionary<string, string[]>))]
[JsonSerializable(typeof(IReadOnlyDictionary<string, string[]>))]
[JsonSerializable(typeof(IReadOnlyDictionary<string, string?>))]
internal sealed partial class ApiJson : JsonSerializerContext;
