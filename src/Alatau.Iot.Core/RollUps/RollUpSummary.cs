using Alatau.Iot.Core.Readings;

namespace Alatau.Iot.Core.RollUps;

/// <summary>What one measurand of all assets of a kind in a branch did during one window.</summary>
/// <param name="Sum">Of powers the sum of the members' means, of counters the sum of their deltas; NaN for what has no sum (voltage, temperature).</param>
/// <param name="Mean">Mean of the members' values, each member once.</param>
/// <param name="Minimum">Smallest value any member read.</param>
/// <param name="Maximum">Largest value any member read.</param>
/// <param name="Members">Members whose window is in it.</param>
/// <param name="Expected">Members that have this measurand and were in the branch when the window began.</param>
/// <param name="Estimated">Members in it whose window isn't of good quality: estimated or uncertain.</param>
/// <param name="Readings">Readings that went in.</param>
/// <param name="Completeness">0 to 1: the members' own completeness, missing ones counted as 0; a member that says none counts as complete. NaN when nobody is expected.</param>
/// <param name="Revision">Higher each time it is published again; some are left out after a restart.</param>
/// <param name="Quality">Worst quality of a member.</param>
public readonly record struct RollUpSummary(double Sum, double Mean, double Minimum, double Maximum, int Members, int Expected, int Estimated, int Readings, double Completeness, int Revision, Quality Quality);
