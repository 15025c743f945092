namespace Alatau.Iot.Benchmarks.Road;

/// <summary>What one measured run gave.</summary>
/// <param name="Rate">Messages a second, from the first byte until everything is accounted for.</param>
/// <param name="ServerCpu">Seconds of the server process for a million messages.</param>
/// <param name="DatabaseCpu">The same of the database process; NaN without one.</param>
/// <param name="ClientCpu">The same of load generator and subscriber.</param>
/// <param name="HighWaterBytes">Most resident memory of the server process.</param>
/// <param name="AllocatedBytes">Managed bytes allocated for a message; NaN for mosquitto.</param>
/// <param name="Lost">Messages that a relay did not deliver; such a run doesn't count.</param>
internal sealed record RoadFigures(double Rate, double ServerCpu, double DatabaseCpu, double ClientCpu, double HighWaterBytes, double AllocatedBytes, long Lost);
