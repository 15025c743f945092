using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Measurands;
using Alatau.Iot.Core.Processing;
using Alatau.Iot.Core.Readings;
using Alatau.Iot.Core.Runtime;
using Alatau.Iot.Core.Time;

namespace Alatau.Iot.Web.Live;

/// <summary>The last hour of each asset's main value in slots of 20 s, for sparklines. Bounded by <see cref="WebOptions.TrendAssets"/>.</summary>
public sealed class TrendBook : IAssetUpdateSink
{
    internal static readonly TimeSpan SlotLength = TimeSpan.FromSeconds(20);

    internal const int Slots = 180;

    private readonly AssetDirectory _assets;
    private readonly MainMeasurand _main;
    private readonly Trend?[] _trends;

    public TrendBook(AssetDirectory assets, MeasurandCatalog catalog, WebOptions options) =>
        (_assets, _main, _trends) = (assets, new MainMeasurand(catalog), new Trend?[options.TrendAssets]);

    public void OnUpdate(int shard, AssetUpdate update)
    {
        int index = update.Asset.Index;
        if (index >= _trends.Length || update.Readings.IsEmpty)
        {
            return;
        }

        var trend = _trends[index] ??= new Trend(_assets[update.Asset].Kind);
        foreach (ref readonly var reading in update.Readings)
        {
            byte rank = _main.Rank(trend.Kind, reading.Measurand);
            if (rank > trend.Rank || rank == MainMeasurand.None || reading.Quality == Quality.Bad)
            {
                continue;
            }

            if (rank < trend.Rank)
            {
                trend.Begin(rank, reading.Measurand);
            }

            trend.Ring!.Set(reading.MeasuredAt, reading.Value);
        }
    }

    public void OnPause(int shard)
    {
    }

    /// <summary>The last hour, oldest first, NaN where nothing was measured; null when nothing is kept of this asset.</summary>
    internal float[]? Read(AssetHandle asset, MeasurandId measurand, Instant now) =>
        asset.Index < _trends.Length && _trends[asset.Index] is { } trend && trend.Measurand == measurand ? trend.Ring?.Read(now) : null;

    private sealed class Trend(AssetKind kind)
    {
        public AssetKind Kind => kind;

        public byte Rank { get; private set; } = MainMeasurand.None;

        public MeasurandId Measurand { get; private set; }

        public SlotRing? Ring { get; private set; }

        /// <summary>A better measurand appeared: the trend starts anew with it.</summary>
        public void Begin(byte rank, MeasurandId measurand)
        {
            Ring = new SlotRing(SlotLength, Slots);
            (Rank, Measurand) = (rank, measurand);
        }
    }
}
