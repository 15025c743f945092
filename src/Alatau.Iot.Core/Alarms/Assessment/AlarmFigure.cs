namespace Alatau.Iot.Core.Alarms.Assessment;

/// <summary>One figure of the alarm quality with its target.</summary>
/// <param name="Name">Camel-case, as in the API and, with underscores, in metrics.</param>
/// <param name="Title">For people.</param>
/// <param name="Value">The number, in <paramref name="Unit"/>.</param>
/// <param name="Unit"><c>1</c> for a count, <c>%</c> for a share, <c>d</c> for days.</param>
/// <param name="Target">In words, with the number.</param>
/// <param name="Verdict">How it stands to the target.</param>
/// <param name="Meaning">What is counted, in a sentence.</param>
public sealed record AlarmFigure(string Name, string Title, double Value, string Unit, string Target, AlarmVerdict Verdict, string Meaning);

/// <summary>How a figure stands to its target.</summary>
public enum AlarmVerdict : byte
{
    /// <summary>Too little to tell.</summary>
    Unknown,

    /// <summary>On target.</summary>
    Good,

    /// <summary>Worse than the target, and still manageable.</summary>
    Fair,

    /// <summary>Beyond what people can handle, or something that should not be at all.</summary>
    Poor,
}
