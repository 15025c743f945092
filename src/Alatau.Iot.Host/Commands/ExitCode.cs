namespace Alatau.Iot.Host.Commands;

/// <summary>Exit codes a script can rely on.</summary>
internal static class ExitCode
{
    /// <summary>Done, or stopped by Ctrl+C after draining, or on the way up.</summary>
    public const int Success = 0;

    /// <summary>It ran and failed: a port in use, a broker away, a store that refused.</summary>
    public const int Failure = 1;

    /// <summary>It didn't run: an option, a setting or a file under devices/ is wrong.</summary>
    public const int Usage = 2;
}
