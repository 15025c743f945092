using System.Text;

namespace Alatau.Iot.Core.Measurands;

/// <summary>All measurands of this process, found by name without a string. Immutable after construction; any thread may read it.</summary>
public sealed class MeasurandCatalog
{
    private readonly Measurand[] _all;
    private readonly Utf8Index _byName;

    /// <summary>Builds the catalog from the canonical measurands and <paramref name="additional"/> ones that profiles declare.</summary>
    /// <param name="additional">Each is also offered with every phase and channel suffix; the Id given is ignored. A name already known keeps its first definition.</param>
    /// <exception cref="InvalidOperationException">More than 65,535 measurands, suffixes included.</exception>
    public MeasurandCatalog(IEnumerable<Measurand>? additional = null)
    {
        var all = new List<Measurand>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (name, unit, kind, minimum, maximum, meaning) in CanonicalMeasurands.All)
        {
            Add(new Measurand(default, name, unit, kind, minimum, maximum, meaning));
        }

        foreach (var measurand in additional ?? [])
        {
            Add(measurand);
        }

        _all = [.. all];
        _byName = new Utf8Index(_all.Select(m => Encoding.UTF8.GetBytes(m.Name)));

        void Add(Measurand measurand)
        {
            foreach (string suffix in CanonicalMeasurands.Suffixes)
            {
                string name = measurand.Name + suffix;
                if (seen.Add(name))
                {
                    if (all.Count == ushort.MaxValue)
                    {
                        throw new InvalidOperationException("More than 65,535 measurands: remove declarations from the profiles.");
                    }

                    all.Add(measurand with { Id = new MeasurandId((ushort)all.Count), Name = name });
                }
            }
        }
    }

    /// <summary>Number of measurands, suffixed ones included.</summary>
    public int Count => _all.Length;

    public IReadOnlyList<Measurand> All => _all;

    public Measurand this[MeasurandId id] => _all[id.Value];

    /// <summary>Finds by UTF-8 name, exact case, suffix included.</summary>
    public bool TryFind(ReadOnlySpan<byte> utf8Name, out MeasurandId id)
    {
        int index = _byName.Find(utf8Name);
        id = new MeasurandId((ushort)Math.Max(index, 0));
        return index >= 0;
    }

    /// <inheritdoc cref="TryFind(ReadOnlySpan{byte}, out MeasurandId)"/>
    public bool TryFind(string name, out MeasurandId id)
    {
        Span<byte> utf8 = stackalloc byte[128];
        id = default;
        return Encoding.UTF8.TryGetBytes(name, utf8, out int written) && TryFind(utf8[..written], out id);
    }

    /// <summary>The id of a name known to exist.</summary>
    /// <exception cref="KeyNotFoundException">The catalog lacks <paramref name="name"/>.</exception>
    public MeasurandId Id(string name) => TryFind(name, out var id) ? id : throw new KeyNotFoundException($"No measurand '{name}' in the catalog.");
}
