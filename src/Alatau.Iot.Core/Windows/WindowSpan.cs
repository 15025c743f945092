namespace Alatau.Iot.Core.Windows;

/// <summary>Length of a tumbling window. Windows are aligned to the Unix epoch in UTC.</summary>
public enum WindowSpan : byte
{
    OneMinute = 0,
    QuarterHour = 1,
    OneHour = 2,
}
