using System.Runtime.InteropServices;

namespace Alatau.Iot.Core.Ledgers;

/// <summary>A counter many threads add to without sharing a cache line; reading sums the stripes.</summary>
public sealed class StripedCounter
{
    private const int Stripes = 16;

    private readonly Stripe[] _stripes = new Stripe[Stripes];

    [StructLayout(LayoutKind.Explicit, Size = 128)]
    private struct Stripe
    {
        [FieldOffset(64)]
        public long Value;
    }

    /// <summary>The sum of all that was added before the call; what is added meanwhile may or may not be in it.</summary>
    public long Value
    {
        get
        {
            long sum = 0;
            for (int i = 0; i < Stripes; i++)
            {
                sum += Interlocked.Read(ref _stripes[i].Value);
            }

            return sum;
        }
    }

    public void Add(long amount) => Interlocked.Add(ref _stripes[Thread.GetCurrentProcessorId() & (Stripes - 1)].Value, amount);

    public void Increment() => Add(1);

    /// <summary>Begins anew at a value. Nobody may add meanwhile.</summary>
    public void Set(long value)
    {
        for (int i = 0; i < Stripes; i++)
        {
            Interlocked.Exchange(ref _stripes[i].Value, i == 0 ? value : 0);
        }
    }
}
