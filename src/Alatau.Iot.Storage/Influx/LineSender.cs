using Alatau.Iot.Core.History;

namespace Alatau.Iot.Storage.Influx;

/// <summary>Sends the lines of one batch to one tier, and finds out which of them the database refuses: the others are stored, the refused are added to <c>rejected</c> with the database's words.</summary>
/// <remarks>
/// A field the database holds under another type is taken out of its lines, which go again without it: InfluxDB itself would drop the whole line. Any other refusal is narrowed down by
/// halving; sending a good line twice changes nothing.
/// </remarks>
internal sealed class LineSender(InfluxConnection connection, InfluxTier tier, List<RejectedRow> rejected, Func<LineBuffer> rent, Action<LineBuffer> giveBack)
{
    // Spent on finding refused lines in one batch. Past it a whole piece is handed back; its good lines are stored by then, since the database said so.
    private const int MostRequests = 512;

    private int _requests;

    internal async Task SendAsync(LineBuffer lines, int from, int count, CancellationToken cancellationToken)
    {
        if (count == 0)
        {
            return;
        }

        _requests++;
        var answer = await connection.WriteAsync(tier, lines, from, count, cancellationToken);
        if (answer.Verdict == InfluxWriteVerdict.Stored
            || (answer.Verdict == InfluxWriteVerdict.SomeRefused && await TrySendWithoutFieldAsync(lines, from, count, answer, cancellationToken)))
        {
            return;
        }

        bool isPartial = answer.Verdict == InfluxWriteVerdict.SomeRefused;
        if (count == 1 || (isPartial && (answer.Dropped == count || _requests > MostRequests)))
        {
            for (int i = from; i < from + count; i++)
            {
                rejected.Add(new RejectedRow(lines.Text(i), answer.Words));
            }

            return;
        }

        await SendAsync(lines, from, count / 2, cancellationToken);
        await SendAsync(lines, from + (count / 2), count - (count / 2), cancellationToken);
    }

    private async Task<bool> TrySendWithoutFieldAsync(LineBuffer lines, int from, int count, InfluxWriteAnswer answer, CancellationToken cancellationToken)
    {
        // Alarms hold texts, in which a field's name may stand; they are few, and halved.
        if (!InfluxConnection.TryFindConflict(answer.Words, out string measurement, out string field) || measurement is not (InfluxNames.Reading or InfluxNames.Window))
        {
            return false;
        }

        var rest = rent();
        try
        {
            var removed = new List<string>();
            lines.CopyWithout(from, count, rest, LineProtocol.EscapeName(measurement), [.. LineProtocol.EscapeName(field), (byte)'='], removed);
            if (removed.Count == 0)
            {
                return false;
            }

            rejected.AddRange(removed.Select(text => new RejectedRow(text, answer.Words)));
            await SendAsync(rest, 0, rest.Count, cancellationToken);
            return true;
        }
        finally
        {
            giveBack(rest);
        }
    }
}
