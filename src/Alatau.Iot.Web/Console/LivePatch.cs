using System.Text.Json.Serialization;

namespace Alatau.Iot.Web.Console;

/// <summary>What changed on a page since the last patch, by element id. The module sets each and does nothing else.</summary>
internal sealed class LivePatch
{
    private readonly Dictionary<string, string> _sent = new(StringComparer.Ordinal);

    /// <summary>The platform's clock in Unix milliseconds: ages are counted by it.</summary>
    public long Now { get; set; }

    /// <summary>Text contents.</summary>
    public Dictionary<string, string> Text { get; } = new(StringComparer.Ordinal);

    /// <summary>Class names.</summary>
    public Dictionary<string, string> Look { get; } = new(StringComparer.Ordinal);

    /// <summary>Paths.</summary>
    public Dictionary<string, string> Path { get; } = new(StringComparer.Ordinal);

    /// <summary>Instants whose age an element shows, Unix milliseconds as text.</summary>
    public Dictionary<string, string> At { get; } = new(StringComparer.Ordinal);

    /// <summary>Inner HTML, made by our components.</summary>
    public Dictionary<string, string> Html { get; } = new(StringComparer.Ordinal);

    /// <summary>The rows of the table are others now: the page fetches itself again.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Reload { get; set; }

    public void SetText(string id, string text) => Set(Text, id, "t", text);

    public void SetLook(string id, string look) => Set(Look, id, "c", look);

    public void SetPath(string id, string path) => Set(Path, id, "d", path);

    public void SetAt(string id, long? at) => Set(At, id, "a", at?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "");

    public void SetHtml(string id, string html) => Set(Html, id, "h", html);

    public void SetFigure(string id, Figure figure)
    {
        SetText(id, figure.Text);
        SetText(id + "-u", figure.Unit);
    }

    /// <summary>Empties the changes, and keeps what the page knows.</summary>
    public void Clear()
    {
        Text.Clear();
        Look.Clear();
        Path.Clear();
        At.Clear();
        Html.Clear();
        Reload = false;
    }

    private void Set(Dictionary<string, string> changes, string id, string what, string value)
    {
        string key = what + id;
        if (!_sent.TryGetValue(key, out string? known) || known != value)
        {
            _sent[key] = value;
            changes[id] = value;
        }
    }
}
