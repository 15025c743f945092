namespace Alatau.Iot.Core.Assets;

/// <summary>Index of an asset in the <see cref="AssetDirectory"/> of this process; dense from 0, never written to disk or wire.</summary>
public readonly record struct AssetHandle(int Index);
