using Alatau.Iot.Core.Time;

namespace Alatau.Iot.Core.Runtime;

/// <summary>Sums over the assets of one site whose latest value is fresh (not older than three reporting intervals, or five minutes when unknown).</summary>
/// <remarks>
/// Energy today also counts assets that are no longer fresh. It is what the registers gained since the asset's last reading before local midnight; after a restart without a checkpoint it begins
/// with the asset's first reading after the start.
/// </remarks>
/// <param name="Site">Which site.</param>
/// <param name="At">When the sum was made.</param>
/// <param name="LoadWatts">Sum of activePower of customers' meters where positive, in W.</param>
/// <param name="GenerationWatts">Sum of activePower of solar plants and discharging storage, in W.</param>
/// <param name="NetImportWatts">Sum of activePower of transformer meters, in W; load minus generation where the site has none.</param>
/// <param name="EnergyImportTodayWattHours">What the energyImport registers of customers' meters gained since local midnight, in Wh.</param>
/// <param name="EnergyProducedTodayWattHours">What the energyProduced registers gained since local midnight, in Wh.</param>
/// <param name="Assets">Assets of the site.</param>
/// <param name="Reporting">Assets with a fresh value.</param>
/// <param name="OpenAlarms">Alarms that are not normal.</param>
public sealed record SiteTotals(
    string Site,
    Instant At,
    double LoadWatts,
    double GenerationWatts,
    double NetImportWatts,
    double EnergyImportTodayWattHours,
    double EnergyProducedTodayWattHours,
    int Assets,
    int Reporting,
    int OpenAlarms);
