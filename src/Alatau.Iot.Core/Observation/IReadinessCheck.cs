namespace Alatau.Iot.Core.Observation;

/// <summary>One part that must be well before the platform may be called ready. <c>/health/ready</c> asks every one of them.</summary>
public interface IReadinessCheck
{
    /// <summary>The part, in a word or two: <c>mqtt</c>, <c>journal</c>.</summary>
    string Name { get; }

    /// <summary>Null when the part is well, else what is wrong and the cure, in a line. Any thread; must answer within a second and never throws.</summary>
    ValueTask<string?> CheckAsync(CancellationToken cancellationToken);

    /// <summary>What is no illness yet, or passes by itself, and people should know: a disk that fills, history that catches up. Null when there is nothing. Any thread; answers at once.</summary>
    string? Warning => null;
}
