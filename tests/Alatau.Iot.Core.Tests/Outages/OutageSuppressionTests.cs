using System.Buffers;
using Alatau.Iot.Core.Alarms;
using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Outages;
using Alatau.Iot.Core.Processing;
using Alatau.Iot.Core.Readings;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Testing.Assets;
using static Alatau.Iot.Core.Alarms.AlarmState;
using static Alatau.Iot.Testing.Assets.AssetUnderTest;

namespace Alatau.Iot.Core.Tests.Outages;

/// <summary>What a member of an outage, and its place, do with its steps.</summary>
public sealed class OutageSuppressionTests
{
    private static readonly AlarmRule s_silent = new("device-silent", "Silent", AlarmSeverity.Low, new SilenceCondition(null));

    private readonly OutageGrid _grid = new([[2, 2]], interval: TimeSpan.FromSeconds(10));
    private readonly AssetProcessor _processor;
    private readonly AssetState _meter;
    private readonly AssetState _place;
    private readonly List<AlarmTransition> _steps = [];
    private readonly List<OutageSign> _signs = [];

    public OutageSuppressionTests()
    {
        _processor = new AssetProcessor(Catalog, _grid.Directory, new AlarmRuleSet([s_silent, _grid.Rule], Catalog), new ProcessorOptions(), outages: _grid.Map);
        _meter = _processor.Create(_grid["t1f1m1"]);
        _place = _processor.Create(_grid["t1f1"]);
    }

    /// <summary>What a silent member waits: 10 s for the others, 5 s and a quarter of 10 s for the judge, 5 s and 1 s to spare.</summary>
    private const double Hold = 23.5;

    [Fact]
    public void Silence_UnderAJudgedPlace_IsASignAtOnceAndAnAlarmWhenNoOutageCame()
    {
        Measure(0);
        Assert.Equal(OutageSignKind.Heard, Assert.Single(_signs).Kind);
        Assert.Equal(At(30), Tick(29.9));
        Assert.Equal(At(30 + Hold), Tick(30));
        Assert.Equal(new OutageSign(OutageSignKind.Silent, At(0), 10_000), _signs[^1]);
        Tick(30 + Hold - 0.1);
        Assert.Empty(_steps);

        Tick(30 + Hold);

        var raised = Assert.Single(_steps);
        Assert.Equal((Normal, Unacknowledged, At(30), false), (raised.From, raised.To, raised.At, raised.IsQuiet));
        Assert.Equal(2, _signs.Count);
        Measure(70);
        Assert.Equal(OutageSignKind.Heard, _signs[^1].Kind);
        Assert.Equal(ReturnedUnacknowledged, _steps[^1].To);
    }

    [Fact]
    public void Outage_WhileTheJudgeIsWaitedFor_SuppressesFromTheFirstStepAndTheReturnIsQuiet()
    {
        Measure(0);
        Tick(30);
        Outage(OutageAction.Begin, 32, start: 1);

        var suppressed = Assert.Single(_steps);
        Assert.Equal((Normal, SuppressedByDesign, At(30), true), (suppressed.From, suppressed.To, suppressed.At, suppressed.IsQuiet));
        Assert.Contains("green/t1f1", suppressed.Why, StringComparison.Ordinal);
        Assert.Equal("green/t1f1", Assert.Single(_processor.Snapshot(_meter)!.Alarms).SuppressedBy);
        Tick(5000);
        Assert.Single(_steps);

        Measure(5010);

        Assert.Equal((SuppressedByDesign, Normal, true), (_steps[^1].From, _steps[^1].To, _steps[^1].IsQuiet));
        Assert.Empty(_processor.Snapshot(_meter)!.Alarms);
    }

    [Fact]
    public void Outage_AfterTheAlarmWasTold_SuppressesItAndTheReturnIsTold()
    {
        Measure(0);
        Tick(100);
        Outage(OutageAction.Begin, 101, start: 9);
        Measure(200);

        Assert.Equal([Unacknowledged, SuppressedByDesign, Normal], _steps.Select(s => s.To));
        Assert.All(_steps, s => Assert.False(s.IsQuiet));
        Assert.Single(_steps.Select(s => s.AlarmId).Distinct());
    }

    [Fact]
    public void Outage_SilentLongBefore_IsNotItsMember()
    {
        Measure(0);
        Tick(100);
        Outage(OutageAction.Begin, 600, start: 500);

        Assert.Equal(Unacknowledged, Assert.Single(_steps).To);
    }

    [Fact]
    public void Outage_ASpeakingMember_IsNotSuppressed()
    {
        Measure(100);
        Outage(OutageAction.Begin, 101, start: 90);

        Assert.Empty(_steps);
    }

    [Fact]
    public void LastGasp_IsASignAtOnceAndTheOutageSuppressesBeforeTheSilenceIsDue()
    {
        Measure(0);
        Online(2, 0);
        Assert.Equal(new OutageSign(OutageSignKind.Gasp, At(2), 0), _signs[^1]);
        Outage(OutageAction.Begin, 3, start: 2);
        Assert.Equal((SuppressedByDesign, At(2), true), (_steps[^1].To, _steps[^1].At, _steps[^1].IsQuiet));

        // That it is back on the network is no measurement.
        Online(20, 1);
        Assert.Single(_steps);
        Measure(21);
        Assert.Equal(Normal, _steps[^1].To);
        Assert.Equal(OutageSignKind.Heard, _signs[^1].Kind);
    }

    [Fact]
    public void LastGasp_WithoutAnOutage_IsSilenceWhenItsTimeComes()
    {
        Measure(0);
        Online(2, 0);
        Tick(30 + Hold);

        Assert.Equal((Unacknowledged, At(30)), (_steps[^1].To, _steps[^1].At));
    }

    [Fact]
    public void End_AMemberThatStaysSilent_IsToldWhenTheTimeOfStragglersIsOver()
    {
        Measure(0);
        Tick(30);
        Outage(OutageAction.Begin, 32, start: 1);
        Outage(OutageAction.End, 1000, start: 1);
        Tick(1599.9);
        Assert.Single(_steps);

        Tick(1600);

        Assert.Equal((SuppressedByDesign, Unacknowledged, At(1600), false), (_steps[^1].From, _steps[^1].To, _steps[^1].At, _steps[^1].IsQuiet));
        Assert.Contains("the outage at green/t1f1 is over and it is still silent", _steps[^1].Why, StringComparison.Ordinal);
    }

    [Fact]
    public void Place_WithoutAnyReading_HasTheAlarmWithStartAndCustomers()
    {
        Outage(OutageAction.Begin, 32, start: 1, customers: 2);

        var raised = Assert.Single(_steps);
        Assert.Equal(("outage", Unacknowledged, At(1), At(1), 2), (raised.Rule, raised.To, raised.At, raised.RaisedAt, raised.Value));
        Assert.Equal((At(1), false), _processor.OutageOf(_place));
        Assert.NotNull(_processor.Snapshot(_place));

        Outage(OutageAction.Begin, 33, start: 1, customers: 2);
        Outage(OutageAction.Extend, 34, start: 1, customers: 4);
        Assert.Single(_steps);
        Assert.Equal(4, Assert.Single(_processor.Snapshot(_place)!.Alarms).Value);

        Outage(OutageAction.Fold, 40, start: 1);
        Assert.Equal((At(1), true), _processor.OutageOf(_place));
        Outage(OutageAction.Unfold, 50, start: 1);
        Outage(OutageAction.End, 60, start: 1);
        Assert.Equal([Unacknowledged, SuppressedByDesign, Unacknowledged, ReturnedUnacknowledged], _steps.Select(s => s.To));
        Assert.Null(_processor.OutageOf(_place));

        // The next one of an alarm that nobody acknowledged has a start of its own.
        Outage(OutageAction.Begin, 100, start: 90);
        Assert.Equal((At(90), false), _processor.OutageOf(_place));
    }

    [Fact]
    public void Place_EndWhileFolded_IsNormal()
    {
        Outage(OutageAction.Begin, 32, start: 1);
        Outage(OutageAction.Fold, 40, start: 1);
        Outage(OutageAction.End, 60, start: 1);

        Assert.Equal(Normal, _steps[^1].To);
        Assert.Null(_processor.Snapshot(_place));
    }

    [Fact]
    public void SuppressedByAPerson_OutageAndReturn_StaysWithThePerson()
    {
        Measure(0);
        Tick(100);
        Assert.Equal(AlarmCommandResult.NotAllowed, Command(101, AlarmAction.Suppress, " "));
        Assert.Equal(AlarmCommandResult.Done, Command(101, AlarmAction.Suppress, "switched off for the works"));
        Outage(OutageAction.Begin, 102, start: 9);
        Measure(200);
        Assert.Equal(SuppressedByDesign, _steps[^1].To);

        Assert.Equal(AlarmCommandResult.Done, Command(201, AlarmAction.Unsuppress, ""));
        Assert.Equal(Normal, _steps[^1].To);
    }

    [Fact]
    public void OutOfService_UntilPutBack_StaysDownAcrossOutageAndReturn()
    {
        Measure(0);
        Tick(100);
        Assert.Equal(AlarmCommandResult.NotAllowed, Command(101, AlarmAction.RemoveFromService, ""));
        Assert.Equal(AlarmCommandResult.Done, Command(101, AlarmAction.RemoveFromService, "meter exchange"));
        Assert.Equal(AlarmCommandResult.AlreadySo, Command(101, AlarmAction.RemoveFromService, "meter exchange"));
        Outage(OutageAction.Begin, 102, start: 9);
        Assert.Equal(OutOfService, _steps[^1].To);

        Assert.Equal(AlarmCommandResult.Done, Command(103, AlarmAction.ReturnToService, "done"));

        Assert.Equal((Unacknowledged, "aigerim", "done"), (_steps[^1].To, _steps[^1].By, _steps[^1].Why));
    }

    [Fact]
    public void Codec_SuppressedAndFoldedAlarms_GoOnTheSame()
    {
        Measure(0);
        Tick(30);
        Outage(OutageAction.Begin, 32, start: 1);
        Outage(OutageAction.Fold, 40, start: 1);
        Outage(OutageAction.End, 1000, start: 1, atPlace: false);
        var codec = new AssetStateCodec(_processor);
        var bytes = new ArrayBufferWriter<byte>();
        codec.WriteNames(bytes);
        codec.Write(_meter, bytes);
        codec.Write(_place, bytes);

        ReadOnlySpan<byte> source = bytes.WrittenSpan;
        var names = codec.ReadNames(ref source)!;
        var tally = new StateTally();
        Assert.Equal(StateVerdict.Restored, codec.Read(ref source, names, tally, out var meter));
        Assert.Equal(StateVerdict.Restored, codec.Read(ref source, names, tally, out var place));

        Assert.Empty(tally.Orphans);
        Assert.Equal((At(1), true), _processor.OutageOf(place!));
        Assert.Equal(_processor.Snapshot(_meter)!.Alarms, _processor.Snapshot(meter!)!.Alarms);
        Assert.Equal(OutageSignKind.Silent, _processor.SignOf(meter!, At(1000)).Kind);
        Assert.Equal(At(1600), _processor.NextAlarmDeadline(meter!));
    }

    [Fact]
    public void Rearm_WhileTheJudgeIsWaitedFor_NobodyIsSilentBeforeTheFullTime()
    {
        Measure(0);
        Tick(30);
        AssetProcessor.Rearm(_meter, At(40));

        Assert.Equal(OutageSignKind.Heard, _processor.SignOf(_meter, At(40)).Kind);
        Tick(69.9);
        Assert.Empty(_steps);
        Assert.Equal(At(70), _processor.NextAlarmDeadline(_meter));
    }

    private void Measure(double seconds) => Keep(_processor.Apply(_meter, new ReadingBatch(_meter.Handle, At(seconds), 1, 0, [Of(seconds, "voltage", 230)])));

    private void Online(double seconds, double value) => Keep(_processor.Apply(_meter, new ReadingBatch(_meter.Handle, At(seconds), 1, 0, [Of(seconds, "online", value)])));

    private Instant Tick(double seconds)
    {
        Keep(_processor.Tick(_meter, At(seconds)));
        return _processor.NextAlarmDeadline(_meter);
    }

    private AlarmCommandResult Command(double seconds, AlarmAction action, string why)
    {
        Keep(_processor.Command(_meter, new AlarmCommand(_meter.Handle, "device-silent", action, At(seconds), "aigerim", why), out var result));
        return result;
    }

    /// <summary>A step as the shards carry it out, at the place and at the member.</summary>
    private void Outage(OutageAction action, double seconds, double start, int customers = 2, bool atPlace = true)
    {
        var step = new OutageStep(action, _place.Handle, At(seconds), At(start), customers, "no mains", action == OutageAction.Fold ? _grid["t1"] : null);
        if (atPlace)
        {
            Keep(_processor.Outage(_place, step));
        }

        if (action != OutageAction.Fold)
        {
            Keep(_processor.OutageAbove(_meter, step));
        }

        if (_meter.HasReadings)
        {
            _steps.RemoveAll(s => s.Rule == "outage");
        }
    }

    private void Keep(AssetUpdate update)
    {
        _steps.AddRange(update.Transitions);
        if (update.Sign.Kind != OutageSignKind.None)
        {
            _signs.Add(update.Sign);
        }
    }
}
