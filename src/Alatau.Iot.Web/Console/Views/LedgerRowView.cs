namespace Alatau.Iot.Web.Console.Views;

/// <summary>The account of a route, or of all.</summary>
public sealed record LedgerRowView(string Key, string Name, bool IsTotal, string Received, string Stored, string Duplicate, string Quarantined, string Waiting, string Unaccounted, bool IsWhole);
