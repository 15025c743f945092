namespace Alatau.Iot.Web.Console.Views;

/// <summary>A delivery in the list.</summary>
/// <param name="CreatedAt">Unix milliseconds.</param>
/// <param name="Look">Class of the row: its state.</param>
/// <param name="Said">The target's answer, or what went wrong and when it is tried again.</param>
public sealed record DeliveryRowView(long Number, long CreatedAt, string Age, string Title, string Subscription, string Means, string Target, string State, string Look, int Attempts, string Said, bool CanReplay);
