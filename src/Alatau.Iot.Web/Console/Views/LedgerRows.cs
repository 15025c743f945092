using Alatau.Iot.Core.Ledgers;
using Alatau.Iot.Web.Api;

namespace Alatau.Iot.Web.Console.Views;

/// <summary>The ledger as rows: each route, then the sum.</summary>
internal static class LedgerRows
{
    public static IReadOnlyList<LedgerRowView> Of(Ledger ledger)
    {
        var answer = OperationEndpoints.Account(ledger);
        var total = new LedgerAccount(answer.Received, answer.Stored, answer.Duplicate, answer.Quarantined, answer.Waiting, answer.Unaccounted);
        return [.. answer.ByRoute.Select(r => Row("l-" + r.Key, r.Key, false, r.Value)), Row("l-all", "All routes", true, total)];
    }

    private static LedgerRowView Row(string key, string name, bool isTotal, LedgerAccount a) => new(
        key, name, isTotal, Figure.Count(a.Received), Figure.Count(a.Stored), Figure.Count(a.Duplicate), Figure.Count(a.Quarantined), Figure.Count(a.Waiting), Figure.Count(a.Unaccounted), a.Unaccounted == 0);
}
