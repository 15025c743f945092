using System.Collections.Concurrent;
using System.Text;
using Alatau.Iot.Mqtt.Server;

namespace Alatau.Iot.Mqtt.Tests.Server;

/// <summary>A road whose answers and commits the test decides.</summary>
internal sealed class CountingSink : IMqttPublishSink, IDisposable
{
    private readonly ConcurrentDictionary<Action<long>, byte> _callbacks = new();
    private TaskCompletionSource _room = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _committed;
    private long _position;

    public ConcurrentQueue<string> Taken { get; } = new();

    public int Binds;

    public int BusyAnswers;

    public Func<string, PublishVerdict>? Answer { get; set; }

    /// <summary>Messages wait for <see cref="Commit"/>.</summary>
    public bool IsDeferring { get; set; }

    public long Position => Interlocked.Read(ref _position);

    public long CommittedPosition => Interlocked.Read(ref _committed);

    public PublishVerdict Offer(in PublishedMessage message)
    {
        string payload = Encoding.UTF8.GetString(message.Payload);
        if (Answer?.Invoke(payload) is { } answer)
        {
            if (answer.Kind == PublishVerdictKind.Busy)
                Interlocked.Increment(ref BusyAnswers);
            if (answer.Kind is PublishVerdictKind.Busy or PublishVerdictKind.Refused)
                return answer;
        }

        Taken.Enqueue(payload);
        return IsDeferring ? PublishVerdict.TakenAt(Interlocked.Increment(ref _position)) : PublishVerdict.Taken;
    }

    public async ValueTask WaitForRoomAsync(CancellationToken cancellationToken) => await _room.Task.WaitAsync(cancellationToken);

    public void MakeRoom() => Interlocked.Exchange(ref _room, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();

    public void Commit(long position)
    {
        Interlocked.Exchange(ref _committed, position);
        foreach (Action<long> callback in _callbacks.Keys)
            callback(position);
    }

    public IDisposable OnCommitted(Action<long> committed)
    {
        _callbacks[committed] = 0;
        return this;
    }

    /// <summary>Topics under <c>found/</c> are found without being asked to bind them.</summary>
    public bool FindsTopics { get; init; }

    public ReadOnlySpan<byte> FoundTopics => FindsTopics ? "found/+"u8 : default;

    public bool TryFind(ReadOnlySpan<byte> topic, out TopicBinding binding)
    {
        binding = default;
        return FindsTopics && topic.StartsWith("found/"u8);
    }

    public TopicBinding Bind(ReadOnlySpan<byte> topic)
    {
        Interlocked.Increment(ref Binds);
        return default;
    }

    public void Dispose() => _callbacks.Clear();
}
