namespace Alatau.Iot.Core.Windows;

/// <summary>A summary made again from the stored readings.</summary>
/// <param name="Update">Its revision is above the stored one; of a held window it has no meaning, the asset gives it its own.</param>
/// <param name="IsHeld">Whether the window was held by the asset when it was reopened; then the asset decides whether it still counts.</param>
public readonly record struct WindowCorrection(WindowUpdate Update, bool IsHeld);
