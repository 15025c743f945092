using System.Text.Json;

namespace Alatau.Iot.EndToEnd.Tests;

/// <summary>Reads the API's answers in few words.</summary>
internal static class JsonReading
{
    extension(JsonElement element)
    {
        public long Long(string name) => element.GetProperty(name).GetInt64();

        public double Double(string name) => element.GetProperty(name).GetDouble();

        public string Text(string name) => element.GetProperty(name).GetString()!;

        public JsonElement[] Items => [.. element.GetProperty("items").EnumerateArray()];

        /// <summary>The latest values of an asset by measurand.</summary>
        public Dictionary<string, JsonElement> Values => element.GetProperty("values").EnumerateArray().ToDictionary(v => v.GetProperty("measurand").GetString()!, StringComparer.Ordinal);

        /// <summary>The latest value of one measurand of an asset; NaN when it has none.</summary>
        public double ValueOf(string measurand) => element.GetProperty("values").EnumerateArray().FirstOrDefault(v => v.GetProperty("measurand").GetString() == measurand) is { ValueKind: JsonValueKind.Object } found ? found.GetProperty("value").GetDouble() : double.NaN;
    }
}
