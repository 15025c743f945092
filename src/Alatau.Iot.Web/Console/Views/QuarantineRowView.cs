namespace Alatau.Iot.Web.Console.Views;

/// <summary>A quarantined message in the list.</summary>
public sealed record QuarantineRowView(long Number, string ReceivedAt, string Age, string Route, string Client, string Topic, string Reason, string Detail, string Payload, bool CanReplay);
