using System.Globalization;
using System.Text;
using System.Text.Json;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Ingest.Decoding;

namespace Alatau.Iot.Files.Tests.Profiles;

/// <summary>
/// A folder <c>cases/&lt;case&gt;</c> of a profile: <c>topic.txt</c> (a second line <c>retained</c> marks a retained message), <c>payload.*</c>, <c>expected.json</c>;
/// messages that come before it stand in <c>before/&lt;n&gt;/</c> with a topic and a payload each.
/// </summary>
/// <remarks>
/// Expected is a list of readings <c>{measurand, value, at, quality, device}</c>, at being ISO 8601 or "arrival", quality "good" and device the topic's own when absent;
/// or <c>{"quarantine": reason, "detail": part of it}</c>; or <c>{"ignored": true}</c>. <c>{"needsRebirth": true, "readings": […]}</c> or <c>{"needsRebirth": true, "quarantine": …}</c>
/// is for Sparkplug.
/// </remarks>
internal static class ProfileCase
{
    internal static readonly Instant Arrival = new(1_795_323_600_000);

    private static readonly TimeZoneInfo s_zone = TimeZoneInfo.FindSystemTimeZoneById("Asia/Almaty");

    /// <summary>All cases of a folder of profiles, as profile/case.</summary>
    internal static IEnumerable<string> All(string profiles) =>
        from profile in Directory.EnumerateDirectories(profiles).Order(StringComparer.Ordinal)
        let cases = Path.Combine(profile, "cases")
        where Directory.Exists(cases)
        from folder in Directory.EnumerateDirectories(cases).Order(StringComparer.Ordinal)
        select $"{Path.GetFileName(profile)}/{Path.GetFileName(folder)}";

    /// <summary>Runs a case and tells what differs; null when all is as expected.</summary>
    internal static string? Run(ProfileCatalog catalog, string profiles, string name)
    {
        string profile = name.Split('/')[0];
        string folder = Path.Combine(profiles, profile, "cases", name.Split('/')[1]);
        var decoders = new PayloadDecoders(catalog);
        var buffer = new ReadingBuffer();
        string before = Path.Combine(folder, "before");
        if (Directory.Exists(before))
        {
            foreach (string earlier in Directory.EnumerateDirectories(before).Order(StringComparer.Ordinal))
            {
                _ = Decode(catalog, decoders, buffer, earlier, profile);
            }
        }

        string found = Decode(catalog, decoders, buffer, folder, profile);
        string expected = Expected(Path.Combine(folder, "expected.json"), ref found);
        return expected == found ? null : $"expected:\n{expected}\nfound:\n{found}";
    }

    private static string Decode(ProfileCatalog catalog, PayloadDecoders decoders, ReadingBuffer buffer, string folder, string profile)
    {
        string[] lines = File.ReadAllLines(Path.Combine(folder, "topic.txt"));
        byte[] payload = File.ReadAllBytes(Assert.Single(Directory.GetFiles(folder, "payload.*")));
        bool isMatched = catalog.TryMatch(Encoding.UTF8.GetBytes(lines[0]), out var match);
        if (!isMatched || match.Profile.Name != profile)
        {
            return $"topic {lines[0]} leads to profile {(isMatched ? match.Profile.Name : "none")}";
        }

        if (match.IsIgnored)
        {
            return "ignored";
        }

        var result = decoders.For(match).Decode(payload, new DecodeContext(Arrival, lines.Length > 1 && lines[1] == "retained", s_zone), buffer);
        var text = new StringBuilder(result.NeedsRebirth ? "needs rebirth\n" : "");
        switch (result.Outcome)
        {
            case DecodeOutcome.Ignored:
                text.Append("ignored");
                break;
            case DecodeOutcome.Quarantined:
                text.Append(CultureInfo.InvariantCulture, $"quarantine {result.Reason}: {result.Detail}");
                break;
            default:
                for (int i = 0; i < buffer.SegmentCount; i++)
                {
                    var segment = buffer.Segment(i);
                    foreach (var r in buffer.Readings.Slice(segment.Start, segment.Count))
                    {
                        Line(text, catalog.Measurands[r.Measurand].Name, r.Value, r.MeasuredAt == Arrival ? "arrival" : r.MeasuredAt.ToString(), r.Quality.ToString(), segment.DeviceKey ?? "");
                    }
                }

                break;
        }

        return text.ToString().TrimEnd('\n');
    }

    private static string Expected(string file, ref string found)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(file));
        var root = document.RootElement;
        if (root.ValueKind == JsonValueKind.Array)
        {
            return Readings(root);
        }

        string prefix = root.TryGetProperty("needsRebirth", out var rebirth) && rebirth.GetBoolean() ? "needs rebirth\n" : "";
        if (root.TryGetProperty("readings", out var readings))
        {
            return prefix + Readings(readings);
        }

        if (root.TryGetProperty("ignored", out _))
        {
            return prefix + "ignored";
        }

        string head = $"{prefix}quarantine {Capital(root.GetProperty("quarantine").GetString()!)}: ";
        string part = root.TryGetProperty("detail", out var detail) ? detail.GetString()! : "";
        if (found.StartsWith(head, StringComparison.Ordinal) && found.Contains(part, StringComparison.Ordinal))
        {
            found = head + part;
        }

        return head + part;
    }

    private static string Readings(JsonElement list)
    {
        var text = new StringBuilder();
        foreach (var r in list.EnumerateArray())
        {
            foreach (var member in r.EnumerateObject())
            {
                Assert.True(member.Name is "measurand" or "value" or "at" or "quality" or "device", $"expected.json: unknown member {member.Name}");
            }

            string at = r.GetProperty("at").GetString()!;
            if (at != "arrival")
            {
                Assert.True(Instant.TryParse(at, out var instant), at);
                at = instant.ToString();
            }

            string quality = r.TryGetProperty("quality", out var q) ? Capital(q.GetString()!) : "Good";
            Line(text, r.GetProperty("measurand").GetString()!, r.GetProperty("value").GetDouble(), at, quality, r.TryGetProperty("device", out var d) ? d.GetString()! : "");
        }

        return text.ToString().TrimEnd('\n');
    }

    // Twelve digits: what a unit's factor may round differently stays below them.
    private static void Line(StringBuilder text, string measurand, double value, string at, string quality, string device) =>
        text.Append(string.Create(CultureInfo.InvariantCulture, $"{measurand} = {value:G12} {quality} at {at} {device}").TrimEnd()).Append('\n');

    private static string Capital(string word) => char.ToUpperInvariant(word[0]) + word[1..];
}
