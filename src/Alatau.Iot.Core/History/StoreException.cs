namespace Alatau.Iot.Core.History;

/// <summary>A store could not do what it was asked.</summary>
public sealed class StoreException : Exception
{
    /// <param name="message">What, where and the cure.</param>
    /// <param name="isTransient">Whether the same call may succeed later.</param>
    /// <param name="retryAfter">How long the store asked to wait; null when it didn't say.</param>
    public StoreException(string message, bool isTransient, TimeSpan? retryAfter = null, Exception? inner = null)
        : base(message, inner) => (IsTransient, RetryAfter) = (isTransient, retryAfter);

    public bool IsTransient { get; }

    public TimeSpan? RetryAfter { get; }
}
