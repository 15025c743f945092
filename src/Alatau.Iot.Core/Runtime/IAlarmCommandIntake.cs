using Alatau.Iot.Core.Alarms;

namespace Alatau.Iot.Core.Runtime;

/// <summary>The way of a person's request to an alarm.</summary>
public interface IAlarmCommandIntake
{
    /// <summary>Carries the request to its asset; the transition reaches the sinks like any other. With a journal in front of the assets the answer comes only when the request is on disk.</summary>
    ValueTask<AlarmCommandResult> SendAsync(AlarmCommand command, CancellationToken cancellationToken);
}
