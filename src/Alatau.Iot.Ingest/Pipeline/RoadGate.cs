using System.Runtime.InteropServices;

namespace Alatau.Iot.Ingest.Pipeline;

/// <summary>Lets messages pass side by side, and now and then closes for the instant in which a checkpoint makes its cut or a person's request finds its place: while it is closed nobody is between journal and inbox.</summary>
/// <remarks>A passing message costs two uncontended atomic additions. Nobody holds the gate across an await.</remarks>
internal sealed class RoadGate
{
    private const int Stripes = 16;

    private readonly Stripe[] _inside = new Stripe[Stripes];
    private readonly Lock _closing = new();
    private int _isClosed;

    [StructLayout(LayoutKind.Explicit, Size = 128)]
    private struct Stripe
    {
        [FieldOffset(64)]
        public int Count;
    }

    /// <summary>Goes in; waits while the gate is closed, which is a matter of microseconds.</summary>
    /// <returns>What <see cref="Exit"/> wants back.</returns>
    public int Enter()
    {
        int stripe = Environment.CurrentManagedThreadId & (Stripes - 1);
        var spin = default(SpinWait);
        while (true)
        {
            Interlocked.Increment(ref _inside[stripe].Count);
            if (Volatile.Read(ref _isClosed) == 0)
            {
                return stripe;
            }

            Interlocked.Decrement(ref _inside[stripe].Count);
            while (Volatile.Read(ref _isClosed) != 0)
            {
                spin.SpinOnce();
            }
        }
    }

    public void Exit(int stripe) => Interlocked.Decrement(ref _inside[stripe].Count);

    /// <summary>Waits until nobody is inside, runs <paramref name="cut"/>, and opens again. Callers come one after another.</summary>
    public T Closed<T>(Func<T> cut)
    {
        lock (_closing)
        {
            Interlocked.Exchange(ref _isClosed, 1);
            try
            {
                var spin = default(SpinWait);
                for (int stripe = 0; stripe < Stripes; stripe++)
                {
                    while (Volatile.Read(ref _inside[stripe].Count) != 0)
                    {
                        spin.SpinOnce();
                    }
                }

                return cut();
            }
            finally
            {
                Volatile.Write(ref _isClosed, 0);
            }
        }
    }
}
