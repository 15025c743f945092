using System.Text.Json;

namespace Alatau.Iot.Simulator.Truth;

/// <summary>Writes the truth as JSON lines: one asset a line, with its counts and, for each measurand, count, min, max, mean, first and last.</summary>
internal static class TruthFile
{
    /// <summary>Writes to a neighbour first and renames, so that a reader never sees half a file.</summary>
    /// <exception cref="IOException">The folder does not exist, or the disk is full.</exception>
    internal static void Write(string path, IEnumerable<AssetTruth> assets)
    {
        var neighbour = path + ".part";
        using (var stream = File.Create(neighbour))
        {
            foreach (var asset in assets)
            {
                using (var json = new Utf8JsonWriter(stream))
                    Write(json, asset);
                stream.WriteByte((byte)'\n');
            }
        }

        File.Move(neighbour, path, overwrite: true);
    }

    private static void Write(Utf8JsonWriter json, AssetTruth asset)
    {
        json.WriteStartObject();
        json.WriteString("asset", asset.Asset.ToString());
        json.WriteNumber("messages", asset.Messages);
        json.WriteNumber("acknowledged", asset.Acknowledged);
        json.WriteNumber("duplicates", asset.Duplicates);
        json.WriteNumber("broken", asset.Broken);
        json.WriteNumber("clockShifted", asset.ClockShifted);
        json.WriteNumber("withheld", asset.Withheld);
        if (asset.Messages > 0)
        {
            json.WriteString("first", asset.First.ToString());
            json.WriteString("last", asset.Last.ToString());
        }

        json.WriteStartObject("measurands");
        var measurands = asset.Measurands;
        for (var i = 0; i < measurands.Length; i++)
        {
            if (measurands[i].Count == 0)
                continue;
            json.WriteStartObject(asset.Layout.Names[i]);
            json.WriteNumber("count", measurands[i].Count);
            json.WriteNumber("min", measurands[i].Minimum);
            json.WriteNumber("max", measurands[i].Maximum);
            json.WriteNumber("mean", measurands[i].Sum / measurands[i].Count);
            json.WriteNumber("first", measurands[i].First);
            json.WriteNumber("last", measurands[i].Last);
            json.WriteEndObject();
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }
}
