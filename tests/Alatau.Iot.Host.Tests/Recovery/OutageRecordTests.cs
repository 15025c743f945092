using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Outages;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Host.Recovery;
using Alatau.Iot.Ingest.Journal;

namespace Alatau.Iot.Host.Tests.Recovery;

public sealed class OutageRecordTests
{
    private readonly AssetDirectory _assets = new();
    private readonly AssetHandle _feeder;
    private readonly AssetHandle _transformer;

    public OutageRecordTests()
    {
        Assert.True(_assets.TryRegister(new Asset(AssetId.Of("green", "f1"), "Feeder 1", AssetKind.Feeder), out _feeder));
        Assert.True(_assets.TryRegister(new Asset(AssetId.Of("green", "t1"), "Transformer 1", AssetKind.Transformer), out _transformer));
    }

    [Theory]
    [InlineData(OutageAction.Begin)]
    [InlineData(OutageAction.Extend)]
    [InlineData(OutageAction.Fold)]
    [InlineData(OutageAction.Unfold)]
    [InlineData(OutageAction.End)]
    public void TryRead_WhatWasWritten_IsTheSameStep(OutageAction action)
    {
        var step = new OutageStep(action, _feeder, new Instant(1_795_323_600_123), new Instant(1_795_323_540_000), 4711, "no mains: Алматы", action == OutageAction.Fold ? _transformer : null);
        var record = OutageRecord.Of(step, OutageRecord.Payload(step, _assets));

        Assert.Equal(JournalKind.Outage, record.Kind);
        Assert.True(OutageRecord.TryRead(record, _assets, out var read));
        Assert.Equal(step, read);
    }

    [Fact]
    public void TryRead_AnyByteMissingOrThePlaceGone_IsFalse()
    {
        var step = new OutageStep(OutageAction.Fold, _feeder, new Instant(1), new Instant(0), 1, "why", _transformer);
        byte[] payload = OutageRecord.Payload(step, _assets);
        for (int length = 0; length < payload.Length; length++)
        {
            Assert.False(OutageRecord.TryRead(OutageRecord.Of(step, payload[..length]), _assets, out _));
        }

        Assert.False(OutageRecord.TryRead(OutageRecord.Of(step, payload), new AssetDirectory(), out _));
        payload[0] = 2;
        Assert.False(OutageRecord.TryRead(OutageRecord.Of(step, payload), _assets, out _));
    }
}
