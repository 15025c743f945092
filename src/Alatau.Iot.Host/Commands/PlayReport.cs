using System.Globalization;
using Alatau.Iot.Simulator.Playing;

namespace Alatau.Iot.Host.Commands;

/// <summary>Progress of a play: one line that is written over on a terminal, nothing in a file.</summary>
internal sealed class PlayReport(TextWriter error) : IProgress<PlayProgress>
{
    private readonly bool _isTerminal = !Console.IsErrorRedirected;

    public void Report(PlayProgress value)
    {
        if (_isTerminal)
        {
            error.Write(string.Create(
                CultureInfo.InvariantCulture,
                $"\r{value.Connected}/{value.Devices} devices, {value.Published:N0} messages, {value.Acknowledged:N0} acknowledged, {value.SimulatedTo}{(value.IsLive ? " live" : "")}   "));
        }
    }

    public void End()
    {
        if (_isTerminal)
        {
            error.WriteLine();
        }
    }
}
