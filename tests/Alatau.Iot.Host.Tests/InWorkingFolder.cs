namespace Alatau.Iot.Host.Tests;

/// <summary>Tests that change what the whole process shares (working folder, environment) run one after another.</summary>
[CollectionDefinition(nameof(InWorkingFolder), DisableParallelization = true)]
public sealed class InWorkingFolder;
