using System.Runtime.InteropServices;
using Alatau.Iot.Core.Alarms;
using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Outages;
using Alatau.Iot.Core.Readings;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Core.Windows;

namespace Alatau.Iot.Core.Processing;

/// <summary>What one call of the asset processor brought about. Owned by the processor and valid until its next call.</summary>
public sealed class AssetUpdate
{
    private Reading[] _readings = new Reading[32];
    private WindowUpdate[] _windows = new WindowUpdate[32];
    private int _readingCount;
    private int _windowCount;
    private readonly List<AlarmTransition> _transitions = [];
    private readonly List<Reopening> _reopenings = [];
    private readonly List<WindowUpdate> _outdated = [];
    private readonly int[] _outcomes = new int[Enum.GetValues<ReadingOutcome>().Length];

    /// <summary>Whose update.</summary>
    public AssetHandle Asset { get; private set; }

    /// <summary>When the message arrived, or the time of the tick.</summary>
    public Instant At { get; private set; }

    /// <summary>The way the message came in; 0 for a tick.</summary>
    public byte Route { get; private set; }

    /// <summary>Journal position of the message; 0 for a tick.</summary>
    public long Position { get; private set; }

    /// <summary>What became of the message; null when the update comes from a tick or a command.</summary>
    public MessageOutcome? Message { get; set; }

    /// <summary>Readings to store: accepted, out of order, late, and those kept with bad quality.</summary>
    public ReadOnlySpan<Reading> Readings => _readings.AsSpan(0, _readingCount);

    /// <summary>Window summaries to store, first published or revised.</summary>
    public ReadOnlySpan<WindowUpdate> Windows => _windows.AsSpan(0, _windowCount);

    /// <summary>Windows that readings of this call changed and that aren't held any more: to be made again from the stored readings.</summary>
    public ReadOnlySpan<Reopening> Reopenings => CollectionsMarshal.AsSpan(_reopenings);

    /// <summary>What was published of windows that a reading of this call changed since: the revision they carry is that of the publication that will take their place.</summary>
    public ReadOnlySpan<WindowUpdate> Outdated => CollectionsMarshal.AsSpan(_outdated);

    /// <summary>How many of the windows the alarm rules have seen.</summary>
    internal int JudgedWindows { get; set; }

    /// <summary>Alarm transitions, in order.</summary>
    public IReadOnlyList<AlarmTransition> Transitions => _transitions;

    /// <summary>What the asset gave to know for the judgement of outages; of kind none for nothing new.</summary>
    public OutageSign Sign { get; set; }

    /// <summary>When the asset wants its next tick; <see cref="Instant.MaxValue"/> for never.</summary>
    public Instant NextDeadline { get; set; } = Instant.MaxValue;

    /// <summary>How many readings of this call had <paramref name="outcome"/>.</summary>
    public int CountOf(ReadingOutcome outcome) => _outcomes[(int)outcome];

    /// <summary>Empties it for the next call.</summary>
    public void Reset(AssetHandle asset, Instant at, byte route, long position)
    {
        (Asset, At, Route, Position) = (asset, at, route, position);
        Message = null;
        Sign = default;
        NextDeadline = Instant.MaxValue;
        _readingCount = 0;
        _windowCount = 0;
        JudgedWindows = 0;
        if (_transitions.Count > 0)
        {
            _transitions.Clear();
        }

        _reopenings.Clear();
        _outdated.Clear();
        Array.Clear(_outcomes);
    }

    public void Count(ReadingOutcome outcome) => _outcomes[(int)outcome]++;

    public void Add(in Reading reading)
    {
        if (_readingCount == _readings.Length)
        {
            Array.Resize(ref _readings, _readings.Length * 2);
        }

        _readings[_readingCount++] = reading;
    }

    public void Add(in WindowUpdate window)
    {
        if (_windowCount == _windows.Length)
        {
            Array.Resize(ref _windows, _windows.Length * 2);
        }

        _windows[_windowCount++] = window;
    }

    public void Add(Reopening reopening) => _reopenings.Add(reopening);

    public void AddOutdated(in WindowUpdate published) => _outdated.Add(published);

    public void Add(AlarmTransition transition) => _transitions.Add(transition);
}
