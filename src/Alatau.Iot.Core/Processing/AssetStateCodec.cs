using System.Buffers;
using Alatau.Iot.Core.Measurands;

namespace Alatau.Iot.Core.Processing;

/// <summary>Asset states as bytes and back. One instance a thread: it belongs to its processor.</summary>
/// <remarks>
/// A name table (version, measurands with unit and kind, rules) goes before the states, which refer to it by index; so catalog and rules may change between writing and reading. Each state and the table stand in a
/// frame with length and CRC-32C. All that decides an asset's future is in a state, bit for bit; what the fleet says of the asset (kind, rating, interval, site) is taken from the present fleet.
/// When a measurand is gone and the asset has more than sixteen, measurands that move to another group of sixteen forget their eight recent instants; newest reading and sequence numbers still tell duplicates.
/// </remarks>
public sealed class AssetStateCodec(AssetProcessor processor)
{
    /// <summary>Version of the bytes written; every version since <see cref="OldestVersion"/> is read, another one is refused.</summary>
    public const ushort Version = 2;

    /// <summary>Oldest version that is read.</summary>
    public const ushort OldestVersion = 1;

    private readonly AssetStateWriter _writer = new(processor);
    private readonly AssetStateReader _reader = new(processor);

    /// <summary>Writes the name table of the present catalog and rules.</summary>
    public void WriteNames(IBufferWriter<byte> output)
    {
        var measurands = processor.Catalog.All;
        var rules = processor.Rules.Rules;
        int bound = StateFrame.HeaderBytes + 16 + measurands.Sum(m => StateWriter.BoundOf(m.Name) + StateWriter.BoundOf(m.Unit) + 1) + rules.Sum(r => StateWriter.BoundOf(r.Name));
        var frame = output.GetSpan(bound);
        var writer = new StateWriter(frame[StateFrame.HeaderBytes..]);
        writer.UInt16(Version);
        writer.Int32(measurands.Count);
        foreach (var measurand in measurands)
        {
            writer.Text(measurand.Name);
            writer.Text(measurand.Unit);
            writer.Byte((byte)measurand.Kind);
        }

        writer.Int32(rules.Count);
        foreach (var rule in rules)
        {
            writer.Text(rule.Name);
        }

        StateFrame.Close(frame, writer.Length);
        output.Advance(StateFrame.HeaderBytes + writer.Length);
    }

    /// <summary>Writes one state; allocates nothing beyond what <paramref name="output"/> needs to grow.</summary>
    public void Write(AssetState state, IBufferWriter<byte> output) => _writer.Write(state, output);

    /// <summary>Takes the name table off <paramref name="source"/>.</summary>
    /// <returns>Null when the bytes are truncated, damaged or of another version.</returns>
    public StateNames? ReadNames(ref ReadOnlySpan<byte> source)
    {
        var rest = source;
        if (StateFrame.Open(ref rest, out var body) != StateVerdict.Restored)
        {
            return null;
        }

        var reader = new StateReader(body);
        ushort version = reader.UInt16();
        if (version is < OldestVersion or > Version)
        {
            return null;
        }

        int count = reader.Int32();
        if (count is < 0 or > ushort.MaxValue)
        {
            return null;
        }

        int[] measurands = new int[count];
        for (int i = 0; i < measurands.Length && !reader.HasFailed; i++)
        {
            measurands[i] = StateNames.Match(processor.Catalog, reader.Text(), reader.Text(), (MeasurandKind)reader.Byte());
        }

        count = reader.Int32();
        if (count is < 0 or > ushort.MaxValue)
        {
            return null;
        }

        string[] rules = new string[count];
        for (int i = 0; i < rules.Length && !reader.HasFailed; i++)
        {
            rules[i] = reader.Text();
        }

        if (!reader.IsWhole)
        {
            return null;
        }

        source = rest;
        return new StateNames(version, measurands, rules);
    }

    /// <summary>Takes one state off <paramref name="source"/>, which moves on when the frame was whole. A self-registered asset that the directory lacks is registered again.</summary>
    /// <param name="names">The name table it was written under.</param>
    /// <param name="tally">Counts what was restored and what is gone.</param>
    /// <param name="state">Null unless the verdict is <see cref="StateVerdict.Restored"/>.</param>
    public StateVerdict Read(ref ReadOnlySpan<byte> source, StateNames names, StateTally tally, out AssetState? state)
    {
        state = null;
        var verdict = StateFrame.Open(ref source, out var body);
        return verdict == StateVerdict.Restored ? _reader.Read(body, names, tally, out state) : verdict;
    }
}
