using System.CommandLine;
using System.Text;
using System.Text.Json.Nodes;
using Alatau.Iot.Core.Files;
using Alatau.Iot.Host.Settings;
using Alatau.Iot.Simulator.Recordings;

namespace Alatau.Iot.Host.Commands;

/// <summary>A recorded CSV file by options; the same a scenario says of one.</summary>
internal sealed class RecordingSwitches
{
    private const string Name = "options of --csv";

    private readonly Option<string?> _csv = new("--csv") { Description = "A CSV file with one heading line, as a scenario's recording.", HelpName = "FILE" };
    private readonly Option<string?> _asset = new("--asset") { Description = "With --csv: the asset the file speaks for.", HelpName = "SITE/ASSET" };
    private readonly Option<string[]> _columns = new("--columns") { Description = "With --csv: columns as HEADING=MEASURAND:UNIT, with :integrate behind it for power that sums to the energy.", HelpName = "COLUMN", AllowMultipleArgumentsPerToken = true };
    private readonly Option<string> _time = new("--time-column") { Description = "With --csv: heading of the column with the time.", HelpName = "HEADING", DefaultValueFactory = _ => "time" };
    private readonly Option<string> _format = new("--time-format") { Description = "With --csv: a .NET format.", HelpName = "FORMAT", DefaultValueFactory = _ => "yyyy-MM-dd HH:mm" };
    private readonly Option<string> _zone = new("--time-zone") { Description = "With --csv: an offset, or an IANA name.", HelpName = "ZONE", DefaultValueFactory = _ => "+00:00" };
    private readonly Option<string> _step = new("--step") { Description = "With --csv: time between rows.", HelpName = "15m", DefaultValueFactory = _ => "15m" };

    public void AddTo(Command command)
    {
        foreach (Option option in new Option[] { _csv, _asset, _columns, _time, _format, _zone, _step })
        {
            command.Add(option);
        }
    }

    /// <summary>The file; null when none is named.</summary>
    public string? FileOf(ParseResult parsed) => parsed.GetValue(_csv);

    /// <summary>Reads the file as the options say.</summary>
    /// <param name="faults">Takes what is wrong.</param>
    /// <returns>Null when something was.</returns>
    public Recording? Read(ParseResult parsed, List<string> faults)
    {
        var columns = new JsonArray();
        foreach (string column in parsed.GetValue(_columns) ?? [])
        {
            int equals = column.LastIndexOf('=');
            string[] parts = equals < 0 ? [] : column[(equals + 1)..].Split(':');
            if (parts.Length is not (2 or 3) || (parts.Length == 3 && parts[2] != "integrate"))
            {
                faults.Add($"--columns {column}: write it as HEADING=MEASURAND:UNIT or HEADING=MEASURAND:UNIT:integrate.");
                continue;
            }

            columns.Add(new JsonObject { ["column"] = column[..equals], ["measurand"] = parts[0], ["unit"] = parts[1], ["integrate"] = parts.Length == 3 });
        }

        var item = new JsonObject
        {
            ["asset"] = parsed.GetValue(_asset) ?? "",
            ["file"] = Path.GetFullPath(parsed.GetValue(_csv)!),
            ["timeColumn"] = parsed.GetValue(_time),
            ["timeFormat"] = parsed.GetValue(_format),
            ["timeZone"] = parsed.GetValue(_zone),
            ["step"] = parsed.GetValue(_step),
            ["columns"] = columns,
        };
        var wrong = new FileFaults();
        var recording = RecordedMessages.Read(Name, Encoding.UTF8.GetBytes(item.ToJsonString()), wrong);
        faults.AddRange(SettingsFaultException.Of(wrong));
        return recording;
    }
}
