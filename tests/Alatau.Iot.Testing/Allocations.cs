namespace Alatau.Iot.Testing;

/// <summary>What a piece of code takes from the heap on its own thread.</summary>
public static class Allocations
{
    private const int Rounds = 10;

    /// <summary>Bytes that the cheapest of ten rounds took; 0 as soon as one took nothing.</summary>
    /// <remarks>
    /// One round alone says too much: a collection that another test causes may retire this thread's allocation window, whose rest of up to 8 KiB then counts,
    /// and a method compiled anew takes room for its literals. Code that allocates does so in every round.
    /// </remarks>
    /// <param name="round">Enough repetitions that an allocation in any of the paths happens in each round; warmed up before.</param>
    public static long LeastOf(Action round)
    {
        long least = long.MaxValue;
        for (int i = 0; i < Rounds && least > 0; i++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            round();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }
}
