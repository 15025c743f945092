using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Alatau.Iot.Core.Processing;

/// <summary>Asks the processor to bring memory near before it is needed. Only a hint: it never faults and changes nothing; without the instruction it does nothing.</summary>
internal static unsafe class CacheHint
{
    /// <summary>Bytes of an <see cref="AssetState"/>, roughly.</summary>
    public const int StateBytes = 192;

    /// <summary>More slots than this are not asked for ahead: they would push each other out again.</summary>
    public const int MostSlots = 8;

    private const int LineBytes = 64;

    public static void Ask<T>(ref T first, int bytes)
    {
        if (!Sse.IsSupported)
        {
            return;
        }

        // The object may move meanwhile; then the hint was for nothing, and that is all.
        byte* at = (byte*)Unsafe.AsPointer(ref first);
        for (int offset = 0; offset < bytes; offset += LineBytes)
        {
            Sse.Prefetch0(at + offset);
        }
    }
}
