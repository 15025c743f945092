using Alatau.Iot.Notifications.Subscriptions;

namespace Alatau.Iot.Notifications.Email;

/// <summary>People who get a mail.</summary>
/// <param name="To">At least one address; each person sees the others.</param>
/// <param name="Server">The mail server, which fails for all as one.</param>
internal sealed record EmailTarget(IReadOnlyList<string> To, string Server) : SubscriptionTarget("email", string.Join(", ", To), Server);
