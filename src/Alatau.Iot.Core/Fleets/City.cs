namespace Alatau.Iot.Core.Fleets;

/// <summary>What all sites of a fleet lie in.</summary>
/// <param name="Name">As in paths; the rules of an asset id's part, and no site has the same.</param>
/// <param name="DisplayName">What an operator calls it.</param>
public sealed record City(string Name, string DisplayName);
