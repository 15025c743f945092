using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;

namespace Alatau.Iot.Simulator.Load;

/// <summary>One connection of the load generator: a thread that writes and, at QoS 1, one that counts acknowledgements.</summary>
/// <remarks>MQTT 3.1.1 over a plain socket: a PUBACK is always four bytes, so counting them costs next to nothing and the broker is what is measured.</remarks>
internal sealed class LoadPublisher(LoadOptions options, int index, TimeProvider clock) : IDisposable
{
    private const int BlockBytes = 64 * 1024;

    private readonly LoadPacket _packet = new(options.Site, options.QoS);
    private readonly SemaphoreSlim _window = new(0);
    private long _acknowledged;

    public long Sent { get; private set; }

    public long Acknowledged => Interlocked.Read(ref _acknowledged);

    public long Bytes { get; private set; }

    /// <summary>Sum of activePower in tenths of a watt: whole numbers, so that the sum is exact.</summary>
    public long PowerTenths { get; private set; }

    public double FinalEnergy { get; private set; }

    public void Dispose() => _window.Dispose();

    /// <summary>Connects, waits for <paramref name="start"/>, sends its share and waits for the last answer.</summary>
    /// <exception cref="IOException">The broker refused the connection or closed it.</exception>
    public void Run(ManualResetEventSlim start, CountdownEvent ready, CancellationToken stop)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, SendBufferSize = 1 << 20, ReceiveBufferSize = 1 << 18 };
        socket.Connect(options.Host, options.Port);
        Connect(socket);
        ready.Signal();
        start.Wait(stop);

        long share = (options.Messages / options.Publishers) + (index < options.Messages % options.Publishers ? 1 : 0);
        var reader = new Thread(() => ReadAcknowledgements(socket, options.QoS == 0 ? 0 : share)) { IsBackground = true, Name = "load-acks" };
        reader.Start();
        Publish(socket, share, stop);
        socket.Send([0xC0, 0]);
        reader.Join();
        if (options.QoS == 0 && Volatile.Read(ref _acknowledged) < 0)
        {
            throw new IOException("The broker closed the connection before it had read everything.");
        }

        if (options.QoS == 0)
        {
            _acknowledged = Sent;
        }
    }

    private void Publish(Socket socket, long share, CancellationToken stop)
    {
        int own = (options.Assets / options.Publishers) + (index < options.Assets % options.Publishers ? 1 : 0);
        int first = (options.Assets / options.Publishers * index) + Math.Min(index, options.Assets % options.Publishers);
        if (own == 0)
        {
            (own, first) = (1, options.Assets - 1);
        }

        uint random = (uint)((options.Seed * 7919) + index + 1) | 1;
        long step = (long)options.Step.TotalMilliseconds;
        byte[] block = new byte[BlockBytes];
        int used = 0;
        ushort id = 0;
        int unsent = 0;
        int credit = options.QoS == 0 ? int.MaxValue : options.InFlight;
        double perMessage = options.Rate > 0 ? options.Publishers / options.Rate : 0;
        long began = clock.GetTimestamp();
        for (long n = 0; n < share && !stop.IsCancellationRequested; n++)
        {
            if (credit == 0)
            {
                Send(socket, block, ref used, ref unsent);
                _window.Wait(stop);
                credit = 1;
                while (_window.Wait(0, stop))
                {
                    credit++;
                }
            }

            long turn = n / own;
            random = (random * 1664525) + 1013904223;
            int power = 10_000 + (int)((random >> 8) % 90_000);
            id = id == ushort.MaxValue ? (ushort)1 : (ushort)(id + 1);
            _packet.Write(block.AsSpan(used), first + (int)(n % own), options.Start.UnixMilliseconds + (turn * step), turn, power, id);
            used += _packet.Length;
            unsent++;
            PowerTenths += power;
            credit -= options.QoS;
            if (perMessage > 0)
            {
                Pace(socket, block, ref used, ref unsent, began, n, perMessage, stop);
            }

            if (used + _packet.Length > block.Length)
            {
                Send(socket, block, ref used, ref unsent);
            }
        }

        Send(socket, block, ref used, ref unsent);
        long turns = Sent / own;
        long rest = Sent % own;
        FinalEnergy = (rest * LoadPacket.Register(turns)) + (turns > 0 ? (own - rest) * LoadPacket.Register(turns - 1) : 0);
    }

    private void Pace(Socket socket, byte[] block, ref int used, ref int unsent, long began, long n, double perMessage, CancellationToken stop)
    {
        double ahead = (n * perMessage) - clock.GetElapsedTime(began).TotalSeconds;
        if (ahead > 0.001)
        {
            Send(socket, block, ref used, ref unsent);
            stop.WaitHandle.WaitOne(TimeSpan.FromSeconds(ahead));
        }
    }

    private void Send(Socket socket, byte[] block, ref int used, ref int unsent)
    {
        for (int at = 0; at < used;)
        {
            at += socket.Send(block.AsSpan(at, used - at));
        }

        Bytes += used;
        Sent += unsent;
        (used, unsent) = (0, 0);
    }

    private void ReadAcknowledgements(Socket socket, long expected)
    {
        byte[] buffer = new byte[64 * 1024];
        int held = 0;
        bool ponged = false;
        try
        {
            while (Acknowledged < expected || !ponged)
            {
                int read = socket.Receive(buffer.AsSpan(held));
                if (read == 0)
                {
                    Interlocked.Exchange(ref _acknowledged, expected == 0 ? -1 : Acknowledged);
                    break;
                }

                held += read;
                int at = 0;
                int acks = 0;
                while (at < held)
                {
                    int length = buffer[at] == 0xD0 ? 2 : 4;
                    if (held - at < length)
                    {
                        break;
                    }

                    ponged |= buffer[at] == 0xD0;
                    acks += buffer[at] == 0x40 ? 1 : 0;
                    at += length;
                }

                buffer.AsSpan(at, held - at).CopyTo(buffer);
                held -= at;
                if (acks > 0)
                {
                    Interlocked.Add(ref _acknowledged, acks);
                    _window.Release(acks);
                }
            }
        }
        catch (SocketException)
        {
            Interlocked.Exchange(ref _acknowledged, expected == 0 ? -1 : Acknowledged);
        }

        if (Acknowledged < expected)
        {
            _window.Release(options.InFlight);
        }
    }

    private void Connect(Socket socket)
    {
        byte[] clientId = Encoding.ASCII.GetBytes(FormattableString.Invariant($"alatau-load-{options.Seed}-{index}"));
        byte[] user = Encoding.UTF8.GetBytes(options.User ?? "");
        byte[] password = Encoding.UTF8.GetBytes(options.Password ?? "");
        int flags = 0x02 | (options.User is null ? 0 : 0x80) | (options.Password is null ? 0 : 0x40);
        var body = new List<byte>(64);
        Text(body, "MQTT"u8);
        body.AddRange([4, (byte)flags, 0, 0]);
        Text(body, clientId);
        if (options.User is not null)
        {
            Text(body, user);
        }

        if (options.Password is not null)
        {
            Text(body, password);
        }

        byte[] packet = [0x10, (byte)(body.Count & 0x7F | (body.Count > 127 ? 0x80 : 0)), .. (body.Count > 127 ? [(byte)(body.Count >> 7)] : Array.Empty<byte>()), .. body];
        socket.Send(packet);
        byte[] answer = new byte[4];
        for (int got = 0; got < 4;)
        {
            int read = socket.Receive(answer.AsSpan(got));
            got = read == 0 ? throw new IOException("The broker closed the connection instead of answering CONNECT.") : got + read;
        }

        if (answer[0] != 0x20 || answer[3] != 0)
        {
            throw new IOException($"The broker refused the connection with code {answer[3]} (4 and 5: user or password).");
        }
    }

    private static void Text(List<byte> to, ReadOnlySpan<byte> text)
    {
        Span<byte> length = stackalloc byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(length, (ushort)text.Length);
        to.AddRange(length);
        to.AddRange(text);
    }
}
