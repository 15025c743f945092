using Alatau.Iot.Core.Time;

namespace Alatau.Iot.Core.Outages;

/// <summary>What the judge wants to happen to an outage.</summary>
/// <param name="Action">What.</param>
/// <param name="Place">Where.</param>
/// <param name="Start">When the mains went, as far as the members tell.</param>
/// <param name="Customers">Customers behind the silent meters.</param>
/// <param name="Silent">Meters without mains now.</param>
/// <param name="Meters">Meters that were heard until then.</param>
/// <param name="Gasps">Of the silent ones, those that said goodbye.</param>
/// <param name="Into">The wider outage it is folded into; null for any other action.</param>
public sealed record OutageChange(OutageAction Action, OutagePlace Place, Instant Start, int Customers, int Silent, int Meters, int Gasps, OutagePlace? Into)
{
    /// <summary>The step that every shard carries out.</summary>
    public OutageStep StepAt(Instant now) => new(Action, Place.Asset, now, Start, Customers, OutageSentence.Of(this), Into?.Asset);
}
