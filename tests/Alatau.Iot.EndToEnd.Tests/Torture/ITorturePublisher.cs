namespace Alatau.Iot.EndToEnd.Tests.Torture;

/// <summary>Publishes numbered messages at QoS 1, connects again when it must, and sends again what was not acknowledged.</summary>
internal interface ITorturePublisher : IAsyncDisposable
{
    IReadOnlyList<TortureSignal> Signals { get; }

    /// <summary>Messages handed to a connection, repetitions included.</summary>
    long Sent { get; }

    /// <summary>Numbers acknowledged, closing ones included.</summary>
    long Acknowledged { get; }

    /// <summary>Numbers no one can decode that were acknowledged; they belong into quarantine.</summary>
    IReadOnlyCollection<string> AcknowledgedBad { get; }

    /// <summary>Publishes nothing new any more, closes every asset, and completes when all is acknowledged.</summary>
    /// <returns>How many numbered messages each signal had before its closing one.</returns>
    Task<IReadOnlyList<int>> FinishAsync(TimeSpan patience);
}
