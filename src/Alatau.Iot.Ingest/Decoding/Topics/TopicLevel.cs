namespace Alatau.Iot.Ingest.Decoding.Topics;

/// <summary>How a level of a template matches; the order is the precedence, the most literal last.</summary>
internal enum TopicLevelKind : byte
{
    /// <summary><c>#</c>: all that follows, at least nothing.</summary>
    Rest,

    /// <summary><c>{name...}</c>: one level or more.</summary>
    Many,

    /// <summary><c>{name}</c> or <c>+</c>: one level.</summary>
    One,

    /// <summary><c>{name:prefix*}</c>: one level that begins with a text.</summary>
    Prefixed,

    /// <summary>Exactly this text.</summary>
    Literal,
}

/// <summary>One level of a template.</summary>
/// <param name="Kind">How it matches.</param>
/// <param name="Name">What the captured text is called; empty without capture.</param>
/// <param name="Text">The literal, or the prefix.</param>
internal readonly record struct TopicLevel(TopicLevelKind Kind, string Name, string Text);
