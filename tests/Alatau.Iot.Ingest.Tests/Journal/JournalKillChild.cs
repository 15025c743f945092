using System.Globalization;
using System.Runtime.CompilerServices;
using Alatau.Iot.Ingest.Journal;

namespace Alatau.Iot.Ingest.Tests.Journal;

/// <summary>The process that <see cref="JournalKillTests"/> kills: this very program, started with a folder in its environment.</summary>
internal static class JournalKillChild
{
    public const string FolderVariable = "ALATAU_TEST_JOURNAL_FOLDER";
    public const string SeedVariable = "ALATAU_TEST_JOURNAL_SEED";

    public static JournalOptions Options(string folder)
    {
        var options = JournalUnderTest.Options(folder, 256 << 10);
        options.ZeroAhead = true;
        return options;
    }

#pragma warning disable CA2255 // The runner's own entry point is generated; this is the only way in before it.
    [ModuleInitializer]
    internal static void Begin()
#pragma warning restore CA2255
    {
        if (Environment.GetEnvironmentVariable(FolderVariable) is { Length: > 0 } folder)
        {
            // On this thread alone: no other may enter the module before its initializer is done.
            Append(folder, new Random(int.Parse(Environment.GetEnvironmentVariable(SeedVariable)!, CultureInfo.InvariantCulture)));
        }
    }

    private static void Append(string folder, Random random)
    {
        using var journal = JournalUnderTest.Open(Options(folder));
        using var output = Console.OpenStandardOutput();
        long next = journal.CommittedPosition + 1;
        long reported = 0;
        while (true)
        {
            for (int i = random.Next(1, 60); i > 0 && journal.TryAppend(JournalUnderTest.Numbered(next, 20 + random.Next(400)), out long position); i--)
            {
                if (position != next++)
                {
                    throw new InvalidOperationException($"Position {position} for number {next - 1}.");
                }
            }

            long committed = journal.CommittedPosition;
            if (committed > reported)
            {
                reported = committed;
                output.Write(System.Text.Encoding.ASCII.GetBytes(committed.ToString(CultureInfo.InvariantCulture) + ".\n"));
            }
            else
            {
                Thread.Yield();
            }
        }
    }
}
