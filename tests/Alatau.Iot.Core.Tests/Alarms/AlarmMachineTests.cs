using Alatau.Iot.Core.Alarms;
using Alatau.Iot.Testing.Assets;
using static Alatau.Iot.Core.Alarms.AlarmInput;
using static Alatau.Iot.Core.Alarms.AlarmState;
using static Alatau.Iot.Testing.Assets.AssetUnderTest;

namespace Alatau.Iot.Core.Tests.Alarms;

public sealed class AlarmMachineTests
{
    private static readonly AlarmRule s_rule = new("voltage-high", "High", AlarmSeverity.Medium, new ThresholdCondition(Catalog.Id("voltage"), true, 253, 2, TimeSpan.Zero));

    /// <summary>The table of facts.md 3.1, written out by hand: every step that is allowed and changes the state.</summary>
    public static TheoryData<AlarmState, AlarmInput, bool, AlarmState> Steps => new()
    {
        { Normal, BecameAbnormal, true, Unacknowledged },
        { Unacknowledged, Acknowledge, true, Acknowledged },
        { Unacknowledged, BecameNormal, false, ReturnedUnacknowledged },
        { Acknowledged, BecameNormal, false, Normal },
        { Acknowledged, BecameWorse, true, Unacknowledged },
        { ReturnedUnacknowledged, Acknowledge, false, Normal },
        { ReturnedUnacknowledged, BecameAbnormal, true, Unacknowledged },
        { Normal, Shelve, false, Shelved },
        { Unacknowledged, Shelve, true, Shelved },
        { Acknowledged, Shelve, true, Shelved },
        { ReturnedUnacknowledged, Shelve, false, Shelved },
        { Normal, Suppress, false, SuppressedByDesign },
        { Unacknowledged, Suppress, true, SuppressedByDesign },
        { Acknowledged, Suppress, true, SuppressedByDesign },
        { ReturnedUnacknowledged, Suppress, false, SuppressedByDesign },
        { Normal, RemoveFromService, false, OutOfService },
        { Unacknowledged, RemoveFromService, true, OutOfService },
        { Acknowledged, RemoveFromService, true, OutOfService },
        { ReturnedUnacknowledged, RemoveFromService, false, OutOfService },
        { Shelved, Unshelve, true, Unacknowledged },
        { Shelved, Unshelve, false, Normal },
        { SuppressedByDesign, Unsuppress, true, Unacknowledged },
        { SuppressedByDesign, Unsuppress, false, Normal },
        { OutOfService, ReturnToService, true, Unacknowledged },
        { OutOfService, ReturnToService, false, Normal },
    };

    [Theory]
    [MemberData(nameof(Steps))]
    public void Next_StepOfTheTable_LeadsThere(AlarmState from, AlarmInput input, bool isAbnormal, AlarmState to) =>
        Assert.Equal(to, AlarmMachine.Next(from, input, isAbnormal));

    [Fact]
    public void Next_EveryOtherPair_IsRefusedOrChangesNothing()
    {
        var steps = Steps.Select(row => (row.Data.Item1, row.Data.Item2)).ToHashSet();
        foreach (var state in Enum.GetValues<AlarmState>())
        {
            foreach (var input in Enum.GetValues<AlarmInput>().Where(i => !steps.Contains((state, i))))
            {
                foreach (bool isAbnormal in (bool[])[true, false])
                {
                    var next = AlarmMachine.Next(state, input, isAbnormal);

                    Assert.True(next is null || next == state, $"{state} + {input} led to {next}");
                    bool isPersons = input is Acknowledge or Unshelve or Unsuppress or ReturnToService;
                    Assert.True(!isPersons || next is null || (state == Acknowledged && input == Acknowledge), $"{state} + {input} should be refused");
                }
            }
        }
    }

    [Fact]
    public void Acknowledge_Normal_IsNotAllowed()
    {
        var asset = new AssetUnderTest(rules: [s_rule]);
        asset.Post(0, "voltage", 230);

        Assert.Equal(AlarmCommandResult.NotAllowed, asset.Command(1, "voltage-high", AlarmAction.Acknowledge));
        Assert.Equal(AlarmCommandResult.Unknown, asset.Command(1, "no-such-rule", AlarmAction.Acknowledge));
        Assert.Empty(asset.Transitions);
    }

    [Fact]
    public void Shelve_AssetWithoutAnyReading_IsUnknown()
    {
        var asset = new AssetUnderTest(rules: [s_rule]);
        asset.PostAt(At(0), Of(4000, "voltage", 230));

        Assert.Equal(AlarmCommandResult.Unknown, asset.Command(1, "voltage-high", AlarmAction.Shelve, "works", TimeSpan.FromHours(1)));
    }

    [Fact]
    public void Acknowledge_ThenReturn_IsNormalAndForgotten()
    {
        var asset = new AssetUnderTest(rules: [s_rule]);
        asset.Post(0, "voltage", 254);
        Assert.Equal(AlarmCommandResult.Done, asset.Command(1, "voltage-high", AlarmAction.Acknowledge, "seen"));
        Assert.Equal(AlarmCommandResult.AlreadySo, asset.Command(2, "voltage-high", AlarmAction.Acknowledge));

        asset.Post(3, "voltage", 230);

        Assert.Equal([Unacknowledged, Acknowledged, Normal], asset.Transitions.Select(t => t.To));
        Assert.Equal(("aigerim", "seen"), (asset.Transitions[1].By, asset.Transitions[1].Why));
        Assert.Empty(asset.Snapshot.Alarms);
        Assert.Null(asset.State.Alarms);
    }

    [Theory]
    [InlineData("", 3600)]
    [InlineData("  ", 3600)]
    [InlineData("works", 0)]
    [InlineData("works", -1)]
    [InlineData("works", 86_401)]
    public void Shelve_WithoutReasonOrTime_IsNotAllowed(string why, int seconds)
    {
        var asset = new AssetUnderTest(rules: [s_rule]);
        asset.Post(0, "voltage", 254);

        Assert.Equal(AlarmCommandResult.NotAllowed, asset.Command(1, "voltage-high", AlarmAction.Shelve, why, TimeSpan.FromSeconds(seconds)));
    }

    [Fact]
    public void Shelve_TimeIsOver_ComesBackByItselfAsTheProcessStands()
    {
        var asset = new AssetUnderTest(rules: [s_rule]);
        asset.Post(0, "voltage", 254);
        Assert.Equal(AlarmCommandResult.Done, asset.Command(10, "voltage-high", AlarmAction.Shelve, "works", TimeSpan.FromHours(1)));
        asset.Post(20, "voltage", 230).Post(30, "voltage", 256);

        asset.Tick(3609.999);
        Assert.Equal(Shelved, asset.Transitions[^1].To);
        asset.Tick(3700);

        var t = asset.Transitions[^1];
        Assert.Equal((Shelved, Unacknowledged, At(3610), "platform"), (t.From, t.To, t.At, t.By));
        Assert.Equal(3, asset.Transitions.Count);
        Assert.Single(asset.Transitions.Select(x => x.AlarmId).Distinct());
    }

    [Fact]
    public void Shelve_Normal_HoldsTheAlarmDownBeforeItIsRaised()
    {
        var asset = new AssetUnderTest(rules: [s_rule]);
        asset.Post(0, "voltage", 230);
        asset.Command(10, "voltage-high", AlarmAction.Shelve, "works on the feeder", TimeSpan.FromHours(1));
        asset.Post(20, "voltage", 256);
        Assert.Equal("shelved for 1 h: works on the feeder", Assert.Single(asset.Transitions).Why);

        Assert.Equal(AlarmCommandResult.Done, asset.Command(30, "voltage-high", AlarmAction.Unshelve));

        Assert.Equal(Unacknowledged, asset.Transitions[^1].To);
        Assert.Equal(256, Assert.Single(asset.Snapshot.Alarms).Value);
    }

    [Fact]
    public void Acknowledge_Shelved_IsNotAllowed()
    {
        var asset = new AssetUnderTest(rules: [s_rule]);
        asset.Post(0, "voltage", 254);
        asset.Command(1, "voltage-high", AlarmAction.Shelve, "works", TimeSpan.FromHours(1));

        Assert.Equal(AlarmCommandResult.NotAllowed, asset.Command(2, "voltage-high", AlarmAction.Acknowledge));
        Assert.Equal(AlarmCommandResult.AlreadySo, asset.Command(2, "voltage-high", AlarmAction.Shelve, "again", TimeSpan.FromHours(1)));
    }
}
