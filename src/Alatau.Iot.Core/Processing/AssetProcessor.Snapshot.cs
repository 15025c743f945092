using Alatau.Iot.Core.Runtime;
using Alatau.Iot.Core.Time;

namespace Alatau.Iot.Core.Processing;

/// <summary>The asset as people see it.</summary>
public sealed partial class AssetProcessor
{
    /// <summary>The state as people see it; null when the asset has never had a reading.</summary>
    public AssetSnapshot? Snapshot(AssetState state)
    {
        if (!state.HasReadings && state.Alarms is null)
        {
            return null;
        }

        var values = new List<LatestValue>(state.SlotCount);
        for (int i = 0; i < state.SlotCount; i++)
        {
            var latest = state.LatestOf(i);
            if (latest.At > Instant.MinValue)
            {
                values.Add(new LatestValue(state.Slots[i].Measurand, latest.Value, latest.At, state.Slots[i].LatestQuality));
            }
        }

        values.Sort((a, b) => string.CompareOrdinal(_catalog[a.Measurand].Name, _catalog[b.Measurand].Name));
        var alarms = new List<AlarmView>();
        foreach (var alarm in state.Alarms?.Open ?? [])
        {
            if (alarm?.View() is { } view)
            {
                alarms.Add(view);
            }
        }

        return new AssetSnapshot(state.Handle, state.Watermark, state.LastReceivedAt, values, alarms, state.ReadingCount);
    }
}
