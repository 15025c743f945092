using Alatau.Iot.Core.Measurands;

namespace Alatau.Iot.Ingest.Decoding.Fields;

/// <summary>Which measurand a named value is, for formats whose payload names its values.</summary>
/// <param name="Fields">Tried in order; a field with a unit fits only values in that unit.</param>
/// <param name="Canonical">When not null, a value whose name ends in a measurand's own name is that measurand.</param>
internal sealed record NameMap((NamePattern Name, byte[]? WhenUnit, FieldRule Rule)[] Fields, MeasurandCatalog? Canonical)
{
    private static readonly FieldRule[] s_none = [];

    private readonly FieldRule[] _own = Canonical is null ? s_none : [.. Canonical.All.Select(m => new FieldRule { Label = m.Name, Measurand = m.Id, Unit = m.Unit })];

    /// <summary>Finds the rule for a name; null when nothing fits.</summary>
    /// <param name="name">Full name in UTF-8.</param>
    /// <param name="unit">The unit the payload gives; empty without one.</param>
    /// <param name="wholeName">Whether the name says nothing of the measurand (pattern <c>*</c>): it names the device alone.</param>
    internal FieldRule? Find(ReadOnlySpan<byte> name, ReadOnlySpan<byte> unit, out bool wholeName)
    {
        foreach (var (pattern, whenUnit, rule) in Fields)
        {
            if ((whenUnit is null || unit.SequenceEqual(whenUnit)) && pattern.Matches(name))
            {
                wholeName = pattern.Text == "*";
                return rule;
            }
        }

        wholeName = false;
        return Canonical is not null && Canonical.TryFind(name[(name.LastIndexOfAny((byte)'/', (byte)':') + 1)..], out var id) ? _own[id.Value] : null;
    }
}
