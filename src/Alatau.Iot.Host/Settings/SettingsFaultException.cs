namespace Alatau.Iot.Host.Settings;

/// <summary>The platform can't start with these settings or files; the lines say what, where and the cure.</summary>
internal sealed class SettingsFaultException(IReadOnlyList<string> lines)
    : Exception(string.Join(Environment.NewLine, lines))
{
    public IReadOnlyList<string> Lines { get; } = lines;
}
