using System.Text;
using Alatau.Iot.Core.Measurands;

namespace Alatau.Iot.Ingest.Decoding.Json;

/// <summary>A place in documents of one shape: which slot takes its value, and the places below it.</summary>
/// <remarks>Built once with <see cref="At"/>, then sealed; sealed it is read by any thread.</remarks>
internal sealed class JsonPlace
{
    private readonly List<(string Name, JsonPlace Place)> _members = [];
    private readonly List<JsonPlace?> _items = [];
    private Utf8Index? _names;

    /// <summary>Slot of the value; -1 when nobody wants it.</summary>
    internal int Slot { get; set; } = -1;

    /// <summary>Slot that notes that an object stands here; -1 when nobody wants to know.</summary>
    internal int PresenceSlot { get; set; } = -1;

    internal bool HasMembers => _members.Count > 0;

    internal bool HasItems => _items.Count > 0;

    /// <summary>The place below, made when it is new.</summary>
    internal JsonPlace At(JsonPath.Step step)
    {
        if (step.Name is { } name)
        {
            int known = _members.FindIndex(m => m.Name == name);
            if (known < 0)
            {
                known = _members.Count;
                _members.Add((name, new JsonPlace()));
            }

            return _members[known].Place;
        }

        while (_items.Count <= step.Index)
        {
            _items.Add(null);
        }

        return _items[step.Index] ??= new JsonPlace();
    }

    internal JsonPlace Seal()
    {
        _names = new Utf8Index(_members.Select(m => Encoding.UTF8.GetBytes(m.Name)));
        foreach (var place in _members.Select(m => m.Place).Concat(_items.OfType<JsonPlace>()))
        {
            place.Seal();
        }

        return this;
    }

    /// <summary>Walks a value, putting what is wanted into slots; passes over the rest. False on a fault, which the scanner knows.</summary>
    internal bool Walk(ref JsonScanner json, scoped Span<Slot> slots)
    {
        byte b = json.Peek();
        if (b == '{' && HasMembers)
        {
            return WalkMembers(ref json, slots);
        }

        if (b == '[' && HasItems)
        {
            return WalkItems(ref json, slots);
        }

        if (Slot < 0)
        {
            return json.Skip();
        }

        ref var slot = ref slots[Slot];
        if (b is (byte)'{' or (byte)'[')
        {
            slot = new Slot { Kind = SlotKind.Nested };
            return json.Skip();
        }

        return json.ReadScalar(out slot);
    }

    private bool WalkMembers(ref JsonScanner json, scoped Span<Slot> slots)
    {
        if (PresenceSlot >= 0)
        {
            slots[PresenceSlot].Kind = SlotKind.True;
        }

        if (!json.Enter())
        {
            return false;
        }

        bool first = true;
        while (json.NextMember(ref first, out var name, out bool escaped))
        {
            int index = escaped ? FindEscaped(name) : _names!.Find(name);
            if (!(index < 0 ? json.Skip() : _members[index].Place.Walk(ref json, slots)))
            {
                return false;
            }
        }

        return !json.Failed;
    }

    private bool WalkItems(ref JsonScanner json, scoped Span<Slot> slots)
    {
        if (!json.Enter())
        {
            return false;
        }

        bool first = true;
        for (int i = 0; json.NextItem(ref first); i++)
        {
            var place = i < _items.Count ? _items[i] : null;
            if (!(place is null ? json.Skip() : place.Walk(ref json, slots)))
            {
                return false;
            }
        }

        return !json.Failed;
    }

    private int FindEscaped(ReadOnlySpan<byte> raw)
    {
        Span<byte> buffer = stackalloc byte[JsonText.Longest];
        return _names!.Find(JsonText.Unescape(raw, buffer));
    }
}
