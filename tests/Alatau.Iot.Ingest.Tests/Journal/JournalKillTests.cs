using System.Diagnostics;
using System.Globalization;
using Alatau.Iot.Ingest.Journal;
using Alatau.Iot.Testing;

namespace Alatau.Iot.Ingest.Tests.Journal;

public sealed class JournalKillTests
{
    [Fact]
    public async Task Open_WriterKilledAtRandom_HasEveryPositionItReported()
    {
        using var folder = new TempFolder();
        const int Seed = 20261122;
        var random = new Random(Seed);
        long most = 0;
        for (int kill = 0; kill < 10; kill++)
        {
            long reported = await KillOneAsync(folder.Path, random.Next(1, 400), random.Next());
            await using var journal = JournalUnderTest.Open(JournalKillChild.Options(folder.Path));
            string where = $"seed {Seed}, kill {kill}";
            Assert.True(reported > most, where + ": the child reported nothing");
            Assert.True(journal.CommittedPosition >= reported, $"{where}: reported {reported}, found {journal.CommittedPosition}");
            long expected = 0;
            using var reader = journal.OpenReader(1);
            while (reader.TryRead(out var record))
            {
                Assert.Equal(++expected, record.Position);
                Assert.Equal(expected, JournalUnderTest.NumberIn(record));
            }

            Assert.Equal(journal.CommittedPosition, expected);
            Assert.Equal(0, journal.State.DamagedRegions);
            most = expected;
        }
    }

    /// <summary>Starts a writer, kills it after so many reports, and gives the last position it got out.</summary>
    private static async Task<long> KillOneAsync(string folder, int reports, int seed)
    {
        string program = Path.Combine(AppContext.BaseDirectory, typeof(JournalKillTests).Assembly.GetName().Name + (OperatingSystem.IsWindows() ? ".exe" : ""));
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true, UseShellExecute = false };
        start.Environment[JournalKillChild.FolderVariable] = folder;
        start.Environment[JournalKillChild.SeedVariable] = seed.ToString(CultureInfo.InvariantCulture);
        using var child = Process.Start(start)!;
        using var patience = new CancellationTokenSource(JournalUnderTest.Patience);
        long last = 0;
        try
        {
            while (await child.StandardOutput.ReadLineAsync(patience.Token) is { } line)
            {
                // A killed writer may have got half a line out.
                last = line.EndsWith('.') ? long.Parse(line.AsSpan(0, line.Length - 1), CultureInfo.InvariantCulture) : last;
                if (--reports == 0)
                {
                    child.Kill();
                }
            }
        }
        finally
        {
            child.Kill();
            await child.WaitForExitAsync(CancellationToken.None);
        }

        return last;
    }
}
