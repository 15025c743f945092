using Alatau.Iot.Core.Time;
using Alatau.Iot.Web.Live;

namespace Alatau.Iot.Web.Tests.Live;

public sealed class SlotRingTests
{
    private const int Count = 180;
    private static readonly TimeSpan s_slot = TimeSpan.FromSeconds(20);
    private static readonly Instant s_start = new(1_795_323_600_000);

    [Fact]
    public void Read_AfterTheFirstValue_HasItInItsSlot()
    {
        var ring = new SlotRing(s_slot, Count);
        ring.Set(s_start, 7);
        float[] values = ring.Read(s_start + s_slot);
        Assert.Equal(7, values[^2]);
        Assert.Single(values, v => !float.IsNaN(v));
    }

    [Fact]
    public void Read_AnyValuesInAnyOrder_IsWhatAListOfSlotsWouldHold()
    {
        for (int seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            var ring = new SlotRing(s_slot, Count);
            var kept = new Dictionary<long, float>();
            long? latest = null;
            long clock = 0;
            for (int i = 0; i < 400; i++)
            {
                clock += random.Next(10) == 0 ? random.Next(400) : random.Next(3);
                long slot = clock - (random.Next(4) == 0 ? random.Next(250) : 0);
                float value = random.Next(1000);
                ring.Set(s_start + (slot * s_slot) + TimeSpan.FromSeconds(random.Next(20)), value);
                if (latest is null || slot > latest - Count)
                {
                    kept[slot] = value;
                    latest = Math.Max(latest ?? slot, slot);
                }

                long now = latest!.Value + random.Next(5);
                var expected = Enumerable.Range(0, Count).Select(at => now - Count + 1 + at).Select(at => at > latest - Count && kept.TryGetValue(at, out float known) ? known : float.NaN);
                Assert.True(expected.SequenceEqual(ring.Read(s_start + (now * s_slot))), $"seed {seed}, step {i}");
            }
        }
    }
}
