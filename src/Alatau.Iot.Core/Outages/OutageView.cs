using Alatau.Iot.Core.Time;

namespace Alatau.Iot.Core.Outages;

/// <summary>An outage as it stands.</summary>
/// <param name="Place">Where.</param>
/// <param name="Start">Since when.</param>
/// <param name="Customers">Customers without mains now.</param>
/// <param name="Worst">Most customers without mains at a time.</param>
/// <param name="Silent">Meters without mains now.</param>
/// <param name="Meters">Meters below the place that were heard until then.</param>
/// <param name="Gasps">Of the silent ones, those that said goodbye.</param>
/// <param name="Into">The wider outage it is part of; null for one of its own.</param>
public sealed record OutageView(OutagePlace Place, Instant Start, int Customers, int Worst, int Silent, int Meters, int Gasps, OutagePlace? Into);
