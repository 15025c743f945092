namespace Alatau.Iot.Core.Observation;

/// <summary>One part that must be well before the platform may be called ready. <c>/health/ready</c> asks every one of them.</summary>
public interface IReadinessCheck
{
    /// <summary>The part, in a word or two: <c>mqtt</c>, <c>journal</c>.</summary>
    string Name { get; }

    /// <summary>Null when the part is well, else what is wrong and the cure, in a line. Any thread; must answer within a second and never throws.</summary>
    ValueTask<string?> CheckAsync(CancellationToken cancellationToken);
}
