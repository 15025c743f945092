using Alatau.Iot.Ingest.Decoding;

namespace Alatau.Iot.Benchmarks.Micro;

/// <summary>Payload bytes to readings.</summary>
internal static class DecodingCase
{
    private const int Batch = 1000;

    public static (double Nanoseconds, double Bytes) Run(MicroMessages messages)
    {
        var buffer = new ReadingBuffer();
        var decoder = messages.Decoder;
        var context = new DecodeContext(messages.Start, false, TimeZoneInfo.Utc);
        long decoded = 0;
        long calls = 0;
        var figures = MicroLoop.Measure(Batch, () =>
        {
            for (int i = 0; i < Batch; i++)
            {
                decoded += decoder.Decode(messages.Payload, context, buffer).Count;
            }

            calls += Batch;
        });
        return decoded == calls * MicroMessages.Measurands ? figures : throw new WrongResultException($"{calls} payloads gave {decoded} readings.");
    }
}
