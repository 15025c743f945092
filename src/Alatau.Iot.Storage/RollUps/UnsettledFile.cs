using System.Globalization;
using System.Text;
using Alatau.Iot.Core.Measurands;
using Alatau.Iot.Core.RollUps;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Core.Windows;

namespace Alatau.Iot.Storage.RollUps;

/// <summary>The windows that a kill would leave to be summed again, by names, in a file that is replaced in one step before a checkpoint counts.</summary>
internal sealed class UnsettledFile(string folder, MeasurandCatalog measurands)
{
    private readonly string _path = Path.Combine(folder, "roll-ups.unsettled");

    /// <summary>What was left; null when there is no such file. Lines that name nothing known any more are passed over.</summary>
    internal IReadOnlyList<RollUpKey>? Read()
    {
        if (!File.Exists(_path))
        {
            return null;
        }

        var keys = new List<RollUpKey>();
        foreach (string line in File.ReadAllLines(_path))
        {
            string[] parts = line.Split(' ');
            if (parts.Length == 3 && measurands.TryFind(parts[0], out var measurand) && WindowSpans.TryParse(parts[1], out var span) && long.TryParse(parts[2], CultureInfo.InvariantCulture, out long start))
            {
                keys.Add(new RollUpKey(measurand, span, new Instant(start)));
            }
        }

        return keys;
    }

    /// <exception cref="IOException">The disk is full or failing; the file is as before.</exception>
    internal void Write(IEnumerable<RollUpKey> keys)
    {
        var text = new StringBuilder();
        foreach (var key in keys)
        {
            text.Append(CultureInfo.InvariantCulture, $"{measurands[key.Measurand].Name} {key.Span.ShortName()} {key.Start.UnixMilliseconds}\n");
        }

        string next = _path + ".tmp";
        using (var file = File.OpenHandle(next, FileMode.Create, FileAccess.Write))
        {
            RandomAccess.Write(file, Encoding.UTF8.GetBytes(text.ToString()), 0);
            RandomAccess.FlushToDisk(file);
        }

        File.Move(next, _path, overwrite: true);
        FolderSync.Flush(folder);
    }
}
