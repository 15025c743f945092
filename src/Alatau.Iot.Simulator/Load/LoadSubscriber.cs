using System.Net.Sockets;

namespace Alatau.Iot.Simulator.Load;

/// <summary>One subscriber that counts PUBLISH packets and nothing else: the other end when a broker's bare relay is measured.</summary>
public sealed class LoadSubscriber : IDisposable
{
    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, ReceiveBufferSize = 1 << 20 };
    private readonly Thread _reader;
    private readonly TaskCompletionSource _subscribed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly int _qos;
    private long _received;

    /// <summary>Connects and subscribes to <c>#</c> at <paramref name="qos"/> 0 or 1.</summary>
    /// <exception cref="SocketException">The broker isn't there.</exception>
    public LoadSubscriber(string host, int port, int qos)
    {
        _qos = qos;
        _socket.Connect(host, port);
        byte[] id = "alatau-load-subscriber"u8.ToArray();
        _socket.Send([0x10, (byte)(12 + id.Length), 0, 4, .. "MQTT"u8, 4, 2, 0, 0, 0, (byte)id.Length, .. id]);
        _socket.Send([0x82, 6, 0, 1, 0, 1, (byte)'#', (byte)qos]);
        _reader = new Thread(Read) { IsBackground = true, Name = "load-subscriber" };
        _reader.Start();
    }

    /// <summary>Completes when the broker has confirmed the subscription.</summary>
    public Task WaitUntilSubscribedAsync(CancellationToken cancellationToken) => _subscribed.Task.WaitAsync(cancellationToken);

    /// <summary>PUBLISH packets received so far.</summary>
    public long Received => Interlocked.Read(ref _received);

    public void Dispose()
    {
        _socket.Dispose();
        _reader.Join();
    }

    private void Read()
    {
        byte[] buffer = new byte[1 << 20];
        byte[] acks = new byte[1 << 19];
        int held = 0;
        try
        {
            while (true)
            {
                int read = _socket.Receive(buffer.AsSpan(held));
                if (read == 0)
                {
                    return;
                }

                held += read;
                int at = Count(buffer.AsSpan(0, held), acks, out int ackBytes);
                buffer.AsSpan(at, held - at).CopyTo(buffer);
                held -= at;
                for (int sent = 0; sent < ackBytes;)
                {
                    sent += _socket.Send(acks.AsSpan(sent, ackBytes - sent));
                }
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            _subscribed.TrySetException(new IOException("The broker closed the subscriber's connection.", e));
        }
    }

    private int Count(ReadOnlySpan<byte> bytes, Span<byte> acks, out int ackBytes)
    {
        ackBytes = 0;
        int at = 0;
        while (bytes.Length - at >= 2)
        {
            int length = 0;
            int header = 1;
            for (int shift = 0; ; shift += 7, header++)
            {
                if (at + header >= bytes.Length)
                {
                    return at;
                }

                length |= (bytes[at + header] & 0x7F) << shift;
                if ((bytes[at + header] & 0x80) == 0)
                {
                    header++;
                    break;
                }
            }

            if (bytes.Length - at < header + length)
            {
                return at;
            }

            switch (bytes[at] >> 4)
            {
                case 3:
                    Interlocked.Increment(ref _received);
                    if (_qos == 1)
                    {
                        int topic = (bytes[at + header] << 8) | bytes[at + header + 1];
                        bytes.Slice(at + header + 2 + topic, 2).CopyTo(acks[(ackBytes + 2)..]);
                        acks[ackBytes] = 0x40;
                        acks[ackBytes + 1] = 2;
                        ackBytes += 4;
                    }

                    break;
                case 9:
                    _subscribed.TrySetResult();
                    break;
                default:
                    break;
            }

            at += header + length;
        }

        return at;
    }
}
