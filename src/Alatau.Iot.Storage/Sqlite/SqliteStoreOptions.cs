using System.ComponentModel.DataAnnotations;

namespace Alatau.Iot.Storage.Sqlite;

/// <summary>Settings of the embedded store.</summary>
public sealed class SqliteStoreOptions
{
    public const string SectionName = "Storage:Sqlite";

    /// <summary>Default of <see cref="Path"/>.</summary>
    public const string DefaultPath = "history.db";

    /// <summary>The database's file; a relative path is taken from the data folder. Default <c>history.db</c>.</summary>
    [Required(AllowEmptyStrings = false)]
    public string Path { get; set; } = DefaultPath;

    /// <summary>Most reads at the same time, each on a connection of its own; default 4.</summary>
    [Range(1, 64)]
    public int ReadConnections { get; set; } = 4;

    /// <summary>Pages the writer keeps in memory, in MiB; default 64. Should hold the last ten minutes of readings (30 bytes each) and windows.</summary>
    [Range(1, 65_536)]
    public int WriterCacheMebibytes { get; set; } = 64;

    /// <summary>Rows deleted in one transaction while retention is enforced; default 20,000. Live rows wait for one such piece at most.</summary>
    [Range(100, 1_000_000)]
    public int RetentionChunkRows { get; set; } = 20_000;
}
