using Alatau.Iot.Core.Ledgers;
using Alatau.Iot.Core.Processing;
using Alatau.Iot.Core.Readings;
using Alatau.Iot.Core.Runtime;

namespace Alatau.Iot.Storage.Unrecorded;

/// <summary>Keeps the account when nothing is recorded: a message is settled once its asset has it.</summary>
public sealed class UnrecordedLedger(Ledger ledger) : IAssetUpdateSink
{
    public void OnUpdate(int shard, AssetUpdate update)
    {
        switch (update.Message)
        {
            case MessageOutcome.Stored:
                ledger.Stored(update.Route);
                break;
            case MessageOutcome.Duplicate:
                ledger.Duplicate(update.Route);
                break;
            case MessageOutcome.Quarantined:
                ledger.Quarantined(update.Route);
                break;
            default:
                break;
        }
    }

    public void OnPause(int shard)
    {
    }
}
