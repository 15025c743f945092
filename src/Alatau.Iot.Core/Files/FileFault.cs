namespace Alatau.Iot.Core.Files;

/// <summary>Something wrong in a file that a person wrote.</summary>
/// <param name="File">The file, as the person would name it.</param>
/// <param name="Path">Where in it, as a JSON path (<c>$.assets[3].kind</c>); <c>$</c> for the whole.</param>
/// <param name="Problem">What is wrong.</param>
/// <param name="Cure">What to do about it.</param>
public sealed record FileFault(string File, string Path, string Problem, string Cure)
{
    public override string ToString() => $"{File} {Path}: {Problem}. {Cure}.";
}
