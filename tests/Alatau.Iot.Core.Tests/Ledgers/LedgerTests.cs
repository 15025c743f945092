using Alatau.Iot.Core.Ledgers;

namespace Alatau.Iot.Core.Tests.Ledgers;

public sealed class LedgerTests
{
    private readonly Ledger _ledger = new();

    [Fact]
    public void Restore_ThenCounting_GoesOnFromThere()
    {
        _ledger.Restore("mqtt", received: 100, stored: 80, duplicate: 7, quarantined: 3);
        _ledger.Restore("http", received: 5, stored: 5, duplicate: 0, quarantined: 0);
        Assert.Equal(["mqtt", "http"], _ledger.Routes);
        byte mqtt = _ledger.Route("mqtt");
        _ledger.Received(mqtt, 2);
        _ledger.Stored(mqtt, 11);
        _ledger.Duplicate(mqtt);
        Assert.Equal(new LedgerEntry(102, 91, 8, 3, 0), _ledger.Read(mqtt));
        Assert.Equal(new LedgerEntry(107, 96, 8, 3, 0), _ledger.Total());
    }

    [Fact]
    public void Restore_AfterCountsOfManyThreads_ReplacesThem()
    {
        byte route = _ledger.Route("mqtt");
        Parallel.For(0, 100, _ => _ledger.Received(route));
        _ledger.Restore("mqtt", 3, 1, 1, 1);
        Assert.Equal(new LedgerEntry(3, 1, 1, 1, 0), _ledger.Read(route));
    }

    [Fact]
    public void Restore_StoredBelowZero_IsMadeUpByTheOutbox()
    {
        // Nothing decided at the checkpoint, four messages behind it in the outbox: the replay counts them received again, the drain and the replay store them.
        _ledger.Restore("mqtt", 0, -4, 0, 0);
        byte route = _ledger.Route("mqtt");
        _ledger.Received(route, 4);
        _ledger.Stored(route, 4);
        _ledger.Stored(route, 4);
        Assert.Equal(new LedgerEntry(4, 4, 0, 0, 0), _ledger.Read(route));
    }

    [Fact]
    public void Restore_MoreRoutesThanThereMayBe_Throws()
    {
        for (int i = 0; i < Ledger.MaximumRoutes; i++)
        {
            _ledger.Restore($"route-{i}", i, i, 0, 0);
        }

        Assert.Throws<InvalidOperationException>(() => _ledger.Restore("one more", 1, 1, 0, 0));
    }
}
