using Alatau.Iot.Core.Time;
using Alatau.Iot.Simulator.Recordings;

namespace Alatau.Iot.Simulator.Playing;

/// <summary>A recording that is being played, row by row. Owned by the player's thread.</summary>
internal sealed class RecordingReel(Recording recording, Instant from)
{
    private int row = FirstAt(recording, from);

    /// <summary>The next row's time; null at the end.</summary>
    internal Instant? Next => row < recording.Times.Length ? recording.Times[row] : null;

    /// <summary>Its own pace; null goes with the scenario's time.</summary>
    internal Pace? OwnPace { get; } = recording.Speed is { } speed ? new Pace(from, speed) : null;

    internal double[] Values { get; } = new double[recording.Layout.Count];

    /// <summary>Takes the next row's values.</summary>
    internal void TakeRow()
    {
        recording.Values.AsSpan(row * Values.Length, Values.Length).CopyTo(Values);
        row++;
    }

    private static int FirstAt(Recording recording, Instant from)
    {
        var index = Array.FindIndex(recording.Times, time => time >= from);
        return index < 0 ? recording.Times.Length : index;
    }
}
