namespace Alatau.Iot.Benchmarks;

/// <summary>A server lost messages or its sums differ from what was sent: nothing measured with it counts.</summary>
internal sealed class WrongResultException(string message) : Exception(message);
