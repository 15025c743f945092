using Alatau.Iot.Core.Observation;

namespace Alatau.Iot.Web.Tests.City;

/// <summary>A part that is as ill as a test says.</summary>
internal sealed class TestCheck : IReadinessCheck
{
    public string Name => "mqtt";

    public string? Problem { get; set; }

    public string? Warning { get; set; }

    public ValueTask<string?> CheckAsync(CancellationToken cancellationToken) => ValueTask.FromResult(Problem);
}
