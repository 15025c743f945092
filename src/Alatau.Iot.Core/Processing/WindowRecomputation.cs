using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Measurands;
using Alatau.Iot.Core.Readings;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Core.Windows;

namespace Alatau.Iot.Core.Processing;

/// <summary>Makes the windows of one measurand of one asset from its readings in the order of measurement: what the asset would have published had every reading come in order. Pure.</summary>
/// <remarks>Readings go in once each, oldest first; those before the stretch only say where a counter's register stood.</remarks>
public sealed class WindowRecomputation
{
    private const double MillisecondsPerHour = 3_600_000;

    private readonly Measurand _measurand;
    private readonly int _reportingIntervalMilliseconds;
    private readonly double _ratedPerHour;
    private readonly double _width;
    private readonly List<WindowUpdate> _made = [];
    private HeldWindows _windows;
    private WindowGains _gains;
    private bool _hasFallen;
    private double _fellFrom;
    private double _fellTo;

    public WindowRecomputation(Measurand measurand, Asset asset)
    {
        _measurand = measurand;
        _reportingIntervalMilliseconds = ReportingIntervalOf(asset);
        _ratedPerHour = measurand.Unit == SlotLayout.EnergyUnit ? (float)(asset.RatedPowerWatts ?? 0) : 0;
        _width = RegisterRule.WidthOf(asset);
    }

    /// <summary>MeasuredAt of the last reading taken; <see cref="Instant.MinValue"/> before the first.</summary>
    public Instant NewestAt { get; private set; } = Instant.MinValue;

    /// <summary>When a counter's register last fell, or came back from a fall; <see cref="Instant.MinValue"/> when it never did.</summary>
    public Instant TurnedAt { get; private set; } = Instant.MinValue;

    /// <summary>Value of the last reading taken.</summary>
    public double NewestValue { get; private set; }

    /// <summary>In milliseconds as the asset's state has it; 0 when unknown.</summary>
    internal static int ReportingIntervalOf(Asset asset) => (int)Math.Clamp(asset.ReportingInterval?.TotalMilliseconds ?? 0, 0, int.MaxValue);

    /// <summary>Where it stands, for the next stretch of the same series.</summary>
    public RegisterMark Mark => new(NewestAt, NewestValue, _hasFallen, _fellFrom, _fellTo);

    /// <summary>Goes on from where an earlier stretch ended; before anything else is taken.</summary>
    public void Resume(in RegisterMark mark) => (NewestAt, NewestValue, _hasFallen, _fellFrom, _fellTo) = mark;

    /// <summary>Takes a reading of before the stretch: it is in no window, but a counter gains from it. One that isn't newer than the last is passed over.</summary>
    public void Precede(Instant at, double value)
    {
        if (at > NewestAt)
        {
            _ = Gain(at, value);
            (NewestAt, NewestValue) = (at, value);
        }
    }

    /// <summary>Takes a reading of the stretch. Bad ones, and one that isn't newer than the last, are passed over.</summary>
    public void Add(Instant at, double value, Quality quality)
    {
        if (quality == Quality.Bad || at <= NewestAt)
        {
            return;
        }

        double gain = Gain(at, value);
        for (int span = 0; span < WindowSpans.Count; span++)
        {
            if (_windows[span].Count > 0 && Window.Holding(NewestAt, (WindowSpan)span).End <= at)
            {
                Emit((WindowSpan)span);
            }

            _windows[span].Add(value, quality);
            _gains[span] += gain;
        }

        (NewestAt, NewestValue) = (at, value);
    }

    /// <summary>The windows of all readings taken, those of a span in order; each with revision 0.</summary>
    public IReadOnlyList<WindowUpdate> Finish()
    {
        for (int span = 0; span < WindowSpans.Count; span++)
        {
            if (_windows[span].Count > 0)
            {
                Emit((WindowSpan)span);
            }
        }

        return _made;
    }

    private void Emit(WindowSpan span)
    {
        ref var window = ref _windows[(int)span];
        _made.Add(new WindowUpdate(_measurand.Id, Window.Holding(NewestAt, span), window.Summarize(span, NewestValue, _gains[(int)span], _reportingIntervalMilliseconds, revision: 0)));
        window = default;
        _gains[(int)span] = 0;
    }

    private double Gain(Instant at, double value)
    {
        if (_measurand.Kind != MeasurandKind.Counter || NewestAt == Instant.MinValue)
        {
            return 0;
        }

        double hours = (at.UnixMilliseconds - NewestAt.UnixMilliseconds) / MillisecondsPerHour;
        bool hadFallen = _hasFallen;
        var step = RegisterRule.Judge(NewestValue, value, hours, _ratedPerHour, value < NewestValue ? _width : 0, ref _hasFallen, ref _fellFrom, ref _fellTo, out double gain);
        TurnedAt = step == RegisterStep.Reset || hadFallen != _hasFallen ? at : TurnedAt;
        return gain;
    }
}
