using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Measurands;

namespace Alatau.Iot.Web.Live;

/// <summary>Which readings a listener wants; a part that is null wants all.</summary>
internal sealed record ReadingFilter(string? Site, AssetHandle? Asset, MeasurandId? Measurand);
