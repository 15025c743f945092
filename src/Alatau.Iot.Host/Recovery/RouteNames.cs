using System.Text.Json;
using Alatau.Iot.Core.Ledgers;
using Alatau.Iot.Storage;

namespace Alatau.Iot.Host.Recovery;

/// <summary>Keeps the numbers of the ledger's routes across restarts: the journal writes numbers, and a bridge may be added or removed between two runs.</summary>
internal static class RouteNames
{
    private const string FileName = "routes.json";

    /// <summary>A ledger with the routes of earlier runs in their places.</summary>
    public static Ledger Open(string journalFolder)
    {
        var ledger = new Ledger();
        string file = Path.Combine(journalFolder, FileName);
        if (File.Exists(file))
        {
            foreach (string name in JsonSerializer.Deserialize<string[]>(File.ReadAllBytes(file)) ?? [])
            {
                ledger.Route(name);
            }
        }

        return ledger;
    }

    /// <summary>Writes the names, beside and then in place of the old file, on disk when this returns. Called before the first message is taken.</summary>
    public static void Save(string journalFolder, Ledger ledger)
    {
        string file = Path.Combine(journalFolder, FileName);
        string fresh = file + ".tmp";
        using (var stream = new FileStream(fresh, FileMode.Create))
        {
            JsonSerializer.Serialize(stream, ledger.Routes);
            stream.Flush(flushToDisk: true);
        }

        File.Move(fresh, file, overwrite: true);
        FolderSync.Flush(journalFolder);
    }
}
