using Alatau.Iot.Web.Live;

namespace Alatau.Iot.Web.Console.Views;

/// <summary>The tally of the alarm book, counted anew only when an alarm moved, however many pages are open. Any thread.</summary>
internal sealed class AlarmTallies(AlarmBook book)
{
    private volatile Counted? _latest;

    public AlarmTally Read()
    {
        // What moves between the two reads is counted by the next call, which sees a newer version.
        long version = book.Version;
        var latest = _latest;
        if (latest?.Version != version)
        {
            _latest = latest = new Counted(version, AlarmTally.Of(book.Open(), book.Unlisted));
        }

        return latest.Tally;
    }

    private sealed record Counted(long Version, AlarmTally Tally);
}
