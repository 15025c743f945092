namespace Alatau.Iot.Ingest.Decoding.Json;

/// <summary>Why a text is no JSON; a closed set.</summary>
internal enum JsonFault : byte
{
    None,
    End,
    CommaOrEnd,
    Name,
    Colon,
    Escape,
    ControlCharacter,
    Number,
    Value,
    Trailing,
    TooDeep,
}
