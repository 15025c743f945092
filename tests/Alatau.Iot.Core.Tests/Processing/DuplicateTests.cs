using Alatau.Iot.Core.Processing;
using Alatau.Iot.Core.Readings;
using Alatau.Iot.Core.Windows;
using Alatau.Iot.Testing.Assets;
using static Alatau.Iot.Testing.Assets.AssetUnderTest;

namespace Alatau.Iot.Core.Tests.Processing;

public sealed class DuplicateTests
{
    private readonly AssetUnderTest _asset = new();

    [Fact]
    public void Apply_SameMessageTwice_SecondIsDuplicate()
    {
        Reading[] message = [Of(0, "activePower", 1), Of(0, "voltage", 230)];

        _asset.Post(message).Post(message);

        Assert.Equal([MessageOutcome.Stored, MessageOutcome.Duplicate], _asset.Messages);
        Assert.Equal(2, _asset.Stored.Count);
    }

    [Fact]
    public void Apply_DifferentMeasurandsAtOneInstantInSeveralMessages_AllTaken()
    {
        _asset.Post(0, "activePower", 1).Post(0, "voltage", 230).Post(0, "current", 4);

        Assert.Equal(3, _asset.Outcomes[ReadingOutcome.Accepted]);
    }

    [Fact]
    public void Apply_PartlyTakenMessage_StoresTheRest()
    {
        _asset.Post(0, "activePower", 1).Post(Of(0, "activePower", 1), Of(0, "voltage", 230));

        Assert.Equal([MessageOutcome.Stored, MessageOutcome.Stored], _asset.Messages);
        Assert.Equal(1, _asset.Outcomes[ReadingOutcome.Duplicate]);
    }

    [Theory]
    [InlineData(7, 1)]
    [InlineData(8, 0)]
    public void Apply_OldMessageAgainWithoutSequence_IsKnownForEightInstants(int newer, int duplicates)
    {
        _asset.Post(0, "activePower", 1);
        for (int i = 1; i <= newer; i++)
        {
            _asset.Post(i, "activePower", 1);
        }

        _asset.Post(0, "activePower", 1);

        Assert.Equal(duplicates, _asset.Outcomes[ReadingOutcome.Duplicate]);
    }

    [Theory]
    [InlineData(63, 1)]
    [InlineData(64, 0)]
    public void Apply_OldMessageAgainWithSequence_IsKnownForSixtyFourNumbers(int newer, int duplicates)
    {
        _asset.Post(Of(0, "activePower", 1, 100));
        for (int i = 1; i <= newer; i++)
        {
            _asset.Post(Of(i, "activePower", 1, (uint)(100 + i)));
        }

        _asset.Post(Of(0, "activePower", 1, 100));

        Assert.Equal(duplicates, _asset.Outcomes[ReadingOutcome.Duplicate]);
    }

    [Fact]
    public void Apply_ArrayOfManyInstantsRedelivered_IsDuplicateBySequence()
    {
        Reading[] message = [.. Enumerable.Range(0, 40).Select(i => Of(i, "activePower", i, 7))];

        _asset.Post(message).Post(message);

        Assert.Equal([MessageOutcome.Stored, MessageOutcome.Duplicate], _asset.Messages);
        Assert.Equal(40, _asset.Stored.Count);
    }

    [Fact]
    public void Apply_NewestNumberMeasuredEarlier_IsKnownWhenItComesAgain()
    {
        _asset.Post(Of(0, "activePower", 1, 1)).Post(Of(21, "activePower", 1, 2)).Post(Of(20, "activePower", 2, 3));
        for (int i = 0; i < 20; i++)
        {
            _asset.Post(Of(22 + i, "activePower", 1, (uint)(4 + i)));
        }

        _asset.Post(Of(20, "activePower", 2, 3)).Post(Of(60, "activePower", 1, 24));

        Assert.Equal(1, _asset.Outcomes[ReadingOutcome.Duplicate]);
        Assert.Equal(23, _asset.Published("activePower", WindowSpan.OneMinute)[0].Summary.Count);
    }

    [Fact]
    public void Apply_DeviceRebootsAndCountsFromOne_IsNotSilenced()
    {
        for (int i = 0; i < 70; i++)
        {
            _asset.Post(Of(i, "activePower", i, (uint)(i + 1)));
        }

        for (int i = 0; i < 70; i++)
        {
            _asset.Post(Of(100 + i, "activePower", i, (uint)(i + 1)));
        }

        Assert.Equal(140, _asset.Outcomes[ReadingOutcome.Accepted]);
    }

    [Fact]
    public void Apply_BufferedMessageOfBeforeTheRebootWithANumberTakenSince_IsTaken()
    {
        _asset.Post(Of(0, "activePower", 1, 500));
        _asset.Post(Of(100, "activePower", 2, 1), Of(101, "activePower", 2, 1)).Post(Of(102, "activePower", 2, 2));

        _asset.Post(Of(50, "activePower", 9, 1));

        Assert.Equal(0, _asset.Outcomes[ReadingOutcome.Duplicate]);
        Assert.Contains(_asset.Stored, r => r.Value == 9);
    }

    [Fact]
    public void Apply_FirstMessageAfterTheRebootCarriesOldReadings_EraStartsWithTheReboot()
    {
        _asset.Post(Of(0, "activePower", 1, 500)).Post(Of(60, "activePower", 1, 501));
        _asset.Post(Of(30, "activePower", 2, 1), Of(100, "activePower", 2, 1));

        _asset.Post(Of(40, "activePower", 9, 1));

        Assert.Contains(_asset.Stored, r => r.Value == 9);
    }

    [Fact]
    public void Apply_SlotBeyondSixteen_IsRememberedToo()
    {
        string[] names = [.. Catalog.All.Take(40).Select(m => m.Name)];
        Reading[] message = [.. names.Select(n => Of(0, n, 1))];
        _asset.Post(message);
        _asset.Post([.. names.Select(n => Of(1, n, 1))]);

        _asset.Post(message);

        Assert.Equal(MessageOutcome.Duplicate, _asset.Messages[^1]);
        Assert.Equal(80, _asset.Stored.Count);
    }

    [Fact]
    public void Apply_HistoricalTwice_SecondIsDuplicate()
    {
        _asset.Post(0, "activePower", 1);
        var buffered = Of(10, "activePower", 2, origin: ReadingOrigin.Historical);

        _asset.Post(buffered).Post(buffered).Post(10, "activePower", 2);

        Assert.Equal(2, _asset.Outcomes[ReadingOutcome.Duplicate]);
    }

    [Fact]
    public void Apply_SixtyFifthMeasurand_IsDroppedAndCounted()
    {
        Reading[] message = [.. Catalog.All.Take(65).Select(m => Of(0, m.Name, 1))];

        _asset.Post(message);

        Assert.Equal(1, _asset.Outcomes[ReadingOutcome.TooManyMeasurands]);
        Assert.Equal(64, _asset.Snapshot.Values.Count);
        Assert.Equal(MessageOutcome.Stored, Assert.Single(_asset.Messages));
    }

    [Fact]
    public void Apply_OverTheConfiguredBound_OnlySuchReadings_IsQuarantined()
    {
        var asset = new AssetUnderTest(options: new ProcessorOptions { MaximumMeasurands = 1 });

        asset.Post(0, "activePower", 1).Post(1, "voltage", 230);

        Assert.Equal([MessageOutcome.Stored, MessageOutcome.Quarantined], asset.Messages);
    }

    [Fact]
    public void Apply_DuplicateInHeldWindow_IsNotCountedTwice()
    {
        _asset.Post(0, "activePower", 1).Post(0, "activePower", 1).Post(60, "activePower", 1);

        Assert.Equal(1, _asset.Published("activePower", WindowSpan.OneMinute)[0].Summary.Count);
    }
}
