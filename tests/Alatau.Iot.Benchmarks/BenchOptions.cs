using System.Globalization;

namespace Alatau.Iot.Benchmarks;

/// <summary>What was asked on the command line.</summary>
internal sealed record BenchOptions
{
    public const string Usage = """
        usage: [road|journal|memory|scale|latency|alarms|deadlines|corrections|micro|all] [options]
          --messages N        messages of a measured run (default 2,000,000; into a store a quarter of it)
          --rounds N          rounds, interleaved (default 3)
          --seed N            seed of the values (default 1)
          --publishers N      connections at QoS 0 (default 2)
          --publishers1 N     connections at QoS 1, each with 1,000 in flight (default 4)
          --rate N            messages a second that all publishers together offer on the road (default: as many as go)
          --assets N          assets of the road (default 1,000), of memory (default 100,000), of deadlines (default 1,000,000) and of corrections (default 1,000)
          --qos 0|1           only this quality of service (default both)
          --only A,B          only servers whose name holds one of these (road)
          --env NAME=VALUE    environment of the platform's process; may be repeated (DOTNET_gcServer=0)
          --set KEY=VALUE     a setting of the platform; may be repeated
          --write             also write RESULTS.md beside this program's source
        """;

    public string Verb { get; private init; } = "all";

    public long Messages { get; private init; } = 2_000_000;

    public int Rounds { get; private init; } = 3;

    public int Seed { get; private init; } = 1;

    public int Publishers { get; private init; } = 2;

    public int PublishersAtQoS1 { get; private init; } = 4;

    /// <summary>Messages a second offered on the road; 0 for as many as go.</summary>
    public double Rate { get; init; }

    /// <summary>Null: each part's own default.</summary>
    public int? Assets { get; private init; }

    public IReadOnlyList<int> QoS { get; private init; } = [0, 1];

    public IReadOnlyList<string> Only { get; private init; } = [];

    public IReadOnlyDictionary<string, string> Environment { get; private init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    public IReadOnlyList<string> Settings { get; private init; } = [];

    public bool IsWritten { get; private init; }

    /// <summary>The command as it was given, for the report.</summary>
    public string Command { get; private init; } = "";

    /// <exception cref="FormatException">An option isn't known or its value is wrong.</exception>
    public static BenchOptions Read(string[] args)
    {
        var options = new BenchOptions { Command = string.Join(' ', args) };
        var environment = new Dictionary<string, string>(StringComparer.Ordinal);
        var settings = new List<string>();
        for (int i = 0; i < args.Length; i++)
        {
            string name = args[i];
            if (name is "road" or "journal" or "memory" or "scale" or "latency" or "alarms" or "deadlines" or "corrections" or "micro" or "all")
            {
                options = options with { Verb = name };
                continue;
            }

            if (name == "--write")
            {
                options = options with { IsWritten = true };
                continue;
            }

            string value = ++i < args.Length ? args[i] : throw new FormatException($"{name} needs a value.{System.Environment.NewLine}{Usage}");
            switch (name)
            {
                case "--rate":
                    options = options with { Rate = Number(name, value) };
                    break;
                case "--messages":
                    options = options with { Messages = Number(name, value) };
                    break;
                case "--rounds":
                    options = options with { Rounds = (int)Number(name, value) };
                    break;
                case "--seed":
                    options = options with { Seed = (int)Number(name, value) };
                    break;
                case "--publishers":
                    options = options with { Publishers = (int)Number(name, value) };
                    break;
                case "--publishers1":
                    options = options with { PublishersAtQoS1 = (int)Number(name, value) };
                    break;
                case "--assets":
                    options = options with { Assets = (int)Number(name, value) };
                    break;
                case "--qos" when value is "0" or "1":
                    options = options with { QoS = [value[0] - '0'] };
                    break;
                case "--only":
                    options = options with { Only = value.Split(',') };
                    break;
                case "--env" when value.IndexOf('=', StringComparison.Ordinal) is > 0 and var at:
                    environment[value[..at]] = value[(at + 1)..];
                    break;
                case "--set":
                    settings.Add(value);
                    break;
                default:
                    throw new FormatException($"{name} {value} is not understood.{System.Environment.NewLine}{Usage}");
            }
        }

        return options with { Environment = environment, Settings = settings };
    }

    public bool Runs(string part) => Verb == part || Verb == "all";

    private static long Number(string name, string value) =>
        long.TryParse(value, NumberStyles.AllowThousands, CultureInfo.InvariantCulture, out long number) && number > 0
            ? number
            : throw new FormatException($"{name} {value}: write a whole number above 0.");
}
