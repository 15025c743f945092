using System.Text;
using Alatau.Iot.Core.Alarms;
using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Host.Recovery;
using Alatau.Iot.Ingest.Journal;
using FsCheck;
using FsCheck.Fluent;

namespace Alatau.Iot.Host.Tests.Recovery;

/// <summary>What a person asked comes out of the journal as it went in; bytes that are no request are refused, never thrown at.</summary>
public sealed class AlarmCommandRecordProperties
{
    private static readonly AssetDirectory s_assets = Assets();

    [Fact]
    public void TryRead_WhatWasWritten_IsTheSameRequest() => Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
    {
        var random = new Random(seed);
        var command = new AlarmCommand(
            new AssetHandle(random.Next(3)),
            Words(random, "rule-"),
            (AlarmAction)random.Next(3),
            new Instant(random.NextInt64(1, 4_000_000_000_000)),
            Words(random, "Айгерим "),
            Words(random, ""),
            random.Next(2) == 0 ? null : TimeSpan.FromMilliseconds(random.Next(1, 86_400_000)),
            random.Next(2) == 0 ? null : Words(random, "green:meter-1:rule:"));
        byte[] payload = AlarmCommandRecord.Payload(command, s_assets[command.Asset].Id);
        byte[] by = Encoding.UTF8.GetBytes(command.By);

        Assert.True(AlarmCommandRecord.TryRead(AlarmCommandRecord.Of(command, payload, by), s_assets, out var read));
        Assert.Equal(command, read);

        byte[] cut = payload[..random.Next(payload.Length)];
        Assert.False(AlarmCommandRecord.TryRead(AlarmCommandRecord.Of(command, cut, by), s_assets, out _));
        byte[] other = [(byte)random.Next(2, 256), .. payload[1..]];
        Assert.False(AlarmCommandRecord.TryRead(AlarmCommandRecord.Of(command, other, by), s_assets, out _));
        byte[] noise = new byte[random.Next(200)];
        random.NextBytes(noise);
        Assert.False(AlarmCommandRecord.TryRead(new JournalRecord { Kind = JournalKind.AlarmCommand, Payload = noise }, s_assets, out _));
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(200).WithQuietOnSuccess(true));

    private static string Words(Random random, string prefix) => prefix + new string([.. Enumerable.Range(0, random.Next(1, 40)).Select(_ => (char)random.Next(32, 0x500))]);

    private static AssetDirectory Assets()
    {
        var assets = new AssetDirectory();
        for (int i = 0; i < 3; i++)
        {
            assets.TryRegister(new Asset(AssetId.Of("green", $"meter-{i}"), "M", AssetKind.Meter), out _);
        }

        return assets;
    }
}
