using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Files;
using Alatau.Iot.Core.Fleets;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Simulator.Physics.Electricity;
using Alatau.Iot.Simulator.Physics.Noise;
using Alatau.Iot.Simulator.Physics.Sun;
using Alatau.Iot.Simulator.Physics.Weather;

namespace Alatau.Iot.Simulator.Devices;

/// <summary>All devices of a fleet, tied together as the grid ties them. Owned by one thread.</summary>
/// <remarks>
/// Everything random is a function of the seed, the device's id and the instant, so a customer draws the same whoever else runs and at whatever
/// speed; what couples devices is physics alone: voltage along the cable, and the sums that feeders and transformers see.
/// </remarks>
internal sealed class District
{
    private readonly Dictionary<string, SiteModel> sites;
    private readonly List<(SiteModel Site, IElectricalNode Node)> electrical = [];
    private readonly List<(SiteModel Site, SurroundingModel Model)> surroundings = [];
    private readonly List<(SiteModel Site, IElectricalNode Node)> roots = [];
    private readonly GridFrequency frequency;
    private Instant? last;

    private District(Fleet fleet, long seed, SkyCondition sky, double temperatureOffset)
    {
        sites = fleet.Sites.ToDictionary(site => site.Name, site => new SiteModel(site, seed, sky, temperatureOffset), StringComparer.Ordinal);
        frequency = new GridFrequency(NoiseStream.Of(seed, "grid"));
    }

    /// <summary>The devices in the fleet's order.</summary>
    internal IReadOnlyList<AssetModel> Models { get; private set; } = [];

    /// <summary>The site of an asset, as of the last step.</summary>
    internal SiteModel SiteOf(AssetModel model) => sites[model.Asset.Id.Site];

    /// <summary>Builds the models; null when an asset's attributes are faulty.</summary>
    /// <param name="file">The fleet's file, for faults.</param>
    /// <param name="fleet">Validated.</param>
    /// <param name="seed">Of the scenario.</param>
    /// <param name="sky">Of the scenario.</param>
    /// <param name="temperatureOffset">Of the scenario, K.</param>
    /// <param name="faults">Takes what is wrong.</param>
    internal static District? Create(string file, Fleet fleet, long seed, SkyCondition sky, double temperatureOffset, FileFaults faults)
    {
        var before = faults.All.Count;
        var district = new District(fleet, seed, sky, temperatureOffset);
        var models = new Dictionary<AssetId, AssetModel>();
        for (var i = 0; i < fleet.Assets.Count; i++)
        {
            var asset = fleet.Assets[i];
            if (Model(asset, new ModelAttributes(file, i, asset, faults), seed) is { } model)
                models.Add(asset.Id, model);
        }

        if (faults.All.Count > before)
            return null;

        district.Models = [.. models.Values];
        foreach (var asset in fleet.Assets)
        {
            if (models.GetValueOrDefault(asset.Id) is { } model)
                district.Connect(model, fleet.FedBy.TryGetValue(asset.Id, out var above) ? models.GetValueOrDefault(above) : null);
        }

        district.OrderFromBelow(fleet, models);
        return district;
    }

    /// <summary>Brings every device to a moment.</summary>
    /// <param name="instant">Not before the last one.</param>
    internal void Advance(Instant instant)
    {
        var step = last is { } from ? instant - from : TimeSpan.Zero;
        last = instant;
        var now = instant.ToDateTimeOffset();
        var sun = SolarEphemeris.At(now);
        foreach (var site in sites.Values)
            site.Advance(now, sun);

        foreach (var (site, node) in electrical)
            node.Draw(site, step);
        var hertz = frequency.HertzAt(now);
        foreach (var (site, node) in roots)
            node.Settle(site, new PhaseVoltages(PhaseVoltages.Nominal, PhaseVoltages.Nominal, PhaseVoltages.Nominal), hertz, step);
        foreach (var (site, model) in surroundings)
            model.Advance(site, step);
    }

    private static AssetModel? Model(Asset asset, ModelAttributes attributes, long seed) => asset.Kind switch
    {
        AssetKind.Meter => MeterModel.Create(asset, attributes, seed),
        AssetKind.Feeder => new FeederModel(asset, seed),
        AssetKind.Transformer => new TransformerModel(asset, seed),
        AssetKind.Solar => SolarModel.Create(asset, attributes, seed),
        AssetKind.Storage => StorageModel.Create(asset, attributes, seed),
        AssetKind.Building => BuildingModel.Create(asset, attributes, seed),
        AssetKind.Weather => new WeatherModel(asset),
        AssetKind.Water => WaterModel.Create(asset, attributes, seed),

        // Nothing is known of it: it is left to a recording, or stays silent.
        _ => null,
    };

    private void Connect(AssetModel model, AssetModel? above)
    {
        var site = sites[model.Asset.Id.Site];
        if (model is SurroundingModel surrounding)
        {
            surroundings.Add((site, surrounding));
            return;
        }

        var node = (IElectricalNode)model;
        switch (above)
        {
            case TransformerModel transformer:
                transformer.Attach(node);
                break;
            case FeederModel feeder:
                feeder.Attach(node);
                break;
            case MeterModel meter:
                meter.Attach(node);
                break;
            default:
                roots.Add((site, node));
                break;
        }
    }

    /// <summary>Those deepest below come first, so that every sum finds its members done.</summary>
    private void OrderFromBelow(Fleet fleet, Dictionary<AssetId, AssetModel> models)
    {
        int Depth(AssetId id) => fleet.FedBy.TryGetValue(id, out var above) ? Depth(above) + 1 : 0;
        electrical.AddRange(models.Values.Where(model => model is IElectricalNode)
            .OrderByDescending(model => Depth(model.Asset.Id))
            .Select(model => (sites[model.Asset.Id.Site], (IElectricalNode)model)));
    }
}
