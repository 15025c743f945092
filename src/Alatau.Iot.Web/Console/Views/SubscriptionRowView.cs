namespace Alatau.Iot.Web.Console.Views;

/// <summary>A subscription in the list.</summary>
/// <param name="Look">Class of the row: <c>ill</c> while a target doesn't get what it should.</param>
/// <param name="State">In words: whether everything gets through.</param>
/// <param name="CanTest">Whether it has targets of people.</param>
public sealed record SubscriptionRowView(
    string Name, string Title, string Means, string Target, string Scope, string Timing, string Delivered, string Waiting, string Held, string Dead, string State, string Look, string Origin, bool CanTest);
