namespace Alatau.Iot.Web.Console.Views;

/// <summary>A window of one measurand.</summary>
/// <param name="Key">Of its row.</param>
/// <param name="Start">In the site's zone.</param>
/// <param name="Completeness">Received over expected readings in percent; empty when nothing is expected.</param>
/// <param name="IsPartial">Whether readings are missing.</param>
/// <param name="Revision">Empty for a window that was published once.</param>
/// <param name="Quality">Worst of its readings; empty when good.</param>
public sealed record WindowRowView(string Key, string Start, string Count, string Mean, string Minimum, string Maximum, string Delta, string Completeness, bool IsPartial, string Revision, string Quality)
{
    public bool IsCorrected => Revision.Length > 0;
}
