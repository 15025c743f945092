using System.Text.Json;
using System.Text.Json.Serialization;

namespace Alatau.Iot.Web.Console;

/// <summary>Source-generated JSON of the console's stream.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(LivePatch))]
internal sealed partial class ConsoleJson : JsonSerializerContext;
