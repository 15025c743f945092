using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Windows;

namespace Alatau.Iot.Core.History;

/// <summary>One window summary on its way to a store.</summary>
public readonly record struct WindowRow(AssetHandle Asset, WindowUpdate Update);
