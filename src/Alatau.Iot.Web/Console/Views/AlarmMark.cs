namespace Alatau.Iot.Web.Console.Views;

/// <summary>An alarm as a sign: its shape and letter say the severity, its fill whether it waits for acknowledgement.</summary>
/// <param name="Severity">Word of the severity.</param>
/// <param name="IsFilled">Not yet acknowledged.</param>
/// <param name="Title">What a screen reader says.</param>
public sealed record AlarmMark(string Severity, bool IsFilled, string Title)
{
    public string Letter => Severity[..1].ToUpperInvariant();
}
