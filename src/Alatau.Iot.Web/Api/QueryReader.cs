using System.Globalization;
using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Measurands;
using Alatau.Iot.Core.Time;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Alatau.Iot.Web.Api;

/// <summary>Reads parameters and gathers every fault, so that a caller mends them at once.</summary>
internal sealed class QueryReader
{
    private readonly Dictionary<string, string[]> _errors = new(StringComparer.Ordinal);

    public bool HasFaults => _errors.Count > 0;

    public ProblemHttpResult Problem() => Problems.Invalid(_errors);

    public void Fault(string name, string what) => _errors[name] = [what];

    /// <summary>A whole number; <paramref name="absent"/> when not given.</summary>
    public int Whole(string name, string? text, int absent, int minimum, int maximum)
    {
        if (string.IsNullOrEmpty(text))
        {
            return absent;
        }

        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= minimum && number <= maximum)
        {
            return number;
        }

        Fault(name, string.Create(CultureInfo.InvariantCulture, $"{name} must be a whole number from {minimum} to {maximum}."));
        return absent;
    }

    /// <summary>A number that this API gave out as <c>next</c>.</summary>
    public long Cursor(string? text, long absent)
    {
        if (string.IsNullOrEmpty(text))
        {
            return absent;
        }

        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number))
        {
            return number;
        }

        Fault("cursor", "cursor must be the 'next' of an answer of this list.");
        return absent;
    }

    /// <summary>An instant: RFC 3339 with an offset, or Unix milliseconds.</summary>
    public Instant Time(string name, string? text, Instant absent)
    {
        if (string.IsNullOrEmpty(text))
        {
            return absent;
        }

        // A plus sign in a query is a blank: an offset written without escaping is understood all the same.
        if (Instant.TryParse(text.Replace(' ', '+'), out var instant))
        {
            return instant;
        }

        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long milliseconds) && Math.Abs(milliseconds) < 8_000_000_000_000)
        {
            return new Instant(milliseconds);
        }

        Fault(name, $"{name} must be an RFC 3339 time with an offset (2026-11-22T05:00:00Z) or Unix milliseconds.");
        return absent;
    }

    /// <summary>A word of a closed set; null when not given.</summary>
    public T? Word<T>(string name, string? text)
        where T : struct, Enum
    {
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        if (Words.TryRead<T>(text, out var value))
        {
            return value;
        }

        Fault(name, $"{name} must be one of: {Words.All<T>()}.");
        return null;
    }

    /// <summary>A site's name; null when not given.</summary>
    public string? Site(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        if (!AssetId.IsPart(text))
        {
            Fault("site", "site must have 1 to 64 characters out of A-Z a-z 0-9 - _ .");
        }

        return text;
    }

    /// <summary>An asset given as <c>site/asset</c>, or by its name beside a site; null when not given.</summary>
    public AssetHandle? Asset(string? site, string? text, AssetDirectory assets)
    {
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        bool known = (AssetId.TryParse(text, out var id) || AssetId.TryOf(site, text, out id)) && assets.TryFind(id, out _);
        if (!known)
        {
            Fault("asset", "asset must be site/asset of a known asset, or its name beside a site.");
            return null;
        }

        assets.TryFind(id, out var handle);
        return handle;
    }

    /// <summary>A measurand by name; null when not given.</summary>
    public MeasurandId? Measurand(string? text, MeasurandCatalog catalog)
    {
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        if (catalog.TryFind(text, out var id))
        {
            return id;
        }

        Fault("measurand", $"There is no measurand '{text}'.");
        return null;
    }
}
