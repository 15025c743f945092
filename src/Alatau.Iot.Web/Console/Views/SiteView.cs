namespace Alatau.Iot.Web.Console.Views;

/// <summary>A district in the overview.</summary>
public sealed record SiteView(string Key, string Site, string Name, Figure Load, Figure Generation, Figure Net, string Reporting, bool IsComplete, string Spark, AlarmMark? Alarm, int OpenAlarms);
