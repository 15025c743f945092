using System.CommandLine;
using Alatau.Iot.Core.Time;

namespace Alatau.Iot.Host.Commands;

/// <summary>An option whose value is an instant.</summary>
internal static class TimeOption
{
    /// <summary>The instant; null when the option isn't given, or faulty.</summary>
    /// <param name="faults">Takes what is wrong.</param>
    public static Instant? Read(ParseResult parsed, Option<string?> option, List<string> faults)
    {
        if (parsed.GetValue(option) is not { } text)
        {
            return null;
        }

        if (Instant.TryParse(text, out var instant))
        {
            return instant;
        }

        faults.Add($"{option.Name} {text}: write an instant with its offset, such as 2026-11-22T05:00:00Z.");
        return null;
    }
}
