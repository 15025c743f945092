using Alatau.Iot.Core.Alarms;
using Alatau.Iot.Web.Api;
using Alatau.Iot.Web.Live;

namespace Alatau.Iot.Web.Console.Views;

/// <summary>How many alarms are open.</summary>
/// <param name="Waiting">Not acknowledged, whether the process is still abnormal or has returned.</param>
/// <param name="Acknowledged">Somebody takes care of them.</param>
/// <param name="Aside">Shelved, suppressed or out of service.</param>
/// <param name="Shelved">Of those put aside.</param>
/// <param name="Suppressed">Of those put aside.</param>
/// <param name="OutOfService">Of those put aside.</param>
/// <param name="Unlisted">Open, but past the bound of the list.</param>
/// <param name="Severities">Those not put aside, the most severe first.</param>
/// <param name="Worst">Highest severity among those that wait; empty when none waits.</param>
public sealed record AlarmTally(int Waiting, int Acknowledged, int Aside, int Shelved, int Suppressed, int OutOfService, long Unlisted, IReadOnlyList<(string Severity, int Count)> Severities, string Worst)
{
    /// <summary>For the navigation: empty when none waits.</summary>
    public string WaitingText => Waiting == 0 ? "" : Figure.Count(Waiting);

    /// <summary>All that are not put aside.</summary>
    public int Open => Waiting + Acknowledged;

    public static AlarmTally Of(IReadOnlyList<OpenAlarm> open, long unlisted)
    {
        Span<int> severities = stackalloc int[(int)AlarmSeverity.Critical + 1];
        (int waiting, int acknowledged, int aside, int worst) = (0, 0, 0, -1);
        (int shelved, int suppressed, int outOfService) = (0, 0, 0);
        foreach (var alarm in open)
        {
            if (alarm.IsAside)
            {
                aside++;
                shelved += alarm.Last.To == AlarmState.Shelved ? 1 : 0;
                suppressed += alarm.Last.To == AlarmState.SuppressedByDesign ? 1 : 0;
                outOfService += alarm.Last.To == AlarmState.OutOfService ? 1 : 0;
                continue;
            }

            severities[(int)alarm.Last.Severity]++;
            if (alarm.NeedsAcknowledgement)
            {
                waiting++;
                worst = Math.Max(worst, (int)alarm.Last.Severity);
            }
            else
            {
                acknowledged++;
            }
        }

        var counts = new List<(string Severity, int Count)>();
        for (int i = (int)AlarmSeverity.Critical; i >= (int)AlarmSeverity.Low; i--)
        {
            counts.Add((Words.Of((AlarmSeverity)i), severities[i]));
        }

        return new AlarmTally(waiting, acknowledged, aside, shelved, suppressed, outOfService, unlisted, counts, worst < 0 ? "" : Words.Of((AlarmSeverity)worst));
    }
}
