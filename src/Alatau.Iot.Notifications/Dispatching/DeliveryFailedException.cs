namespace Alatau.Iot.Notifications.Dispatching;

/// <summary>Carries a failed attempt through the Rx pipeline to its retry; never leaves this room.</summary>
internal sealed class DeliveryFailedException(string problem, bool isFinal) : Exception(problem)
{
    public bool IsFinal { get; } = isFinal;
}
