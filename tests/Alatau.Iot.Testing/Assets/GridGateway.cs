namespace Alatau.Iot.Testing.Assets;

/// <summary>A gateway of an <see cref="OutageGrid"/>, or a bridge when its name begins with <c>b</c>.</summary>
/// <param name="Name">Its asset.</param>
/// <param name="Devices">What is reached through it: names, or beginnings of names with a star.</param>
/// <param name="FedBy">The feeder or transformer it is fed by; null when it has mains of its own.</param>
public sealed record GridGateway(string Name, IReadOnlyList<string> Devices, string? FedBy = null);
