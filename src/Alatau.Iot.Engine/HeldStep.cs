namespace Alatau.Iot.Engine;

/// <summary>Something with a place among the messages of an inbox. What lies behind it waits until it may be done.</summary>
/// <param name="release">Completes when it may be done; if it fails, it never is.</param>
internal abstract class HeldStep(Task release)
{
    /// <summary>Whether the shard need not wait for it any more.</summary>
    public bool IsDecided => release.IsCompleted;

    public bool IsReleased => release.IsCompletedSuccessfully;

    /// <summary>Index of the asset it is about; 0 when it is about all.</summary>
    public virtual int Asset => 0;

    /// <summary>Does it, on the shard's thread.</summary>
    public abstract void Run(Shard shard);

    /// <summary>It will never be done.</summary>
    public abstract void Fail(Exception reason);
}
