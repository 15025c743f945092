using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Readings;
using Alatau.Iot.Core.Time;

namespace Alatau.Iot.Web.Live;

/// <summary>A stored reading on its way to a listener.</summary>
internal readonly record struct LiveReading(AssetHandle Asset, Instant ReceivedAt, Reading Reading);
