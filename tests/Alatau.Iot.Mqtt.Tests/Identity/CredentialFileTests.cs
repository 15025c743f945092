using System.Net;
using System.Text;
using Alatau.Iot.Mqtt.Client;
using Alatau.Iot.Mqtt.Identity;
using Alatau.Iot.Mqtt.Packets;
using Alatau.Iot.Mqtt.Server;
using Alatau.Iot.Mqtt.Tests.Server;

namespace Alatau.Iot.Mqtt.Tests.Identity;

public sealed class CredentialFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("alatau-credentials-").FullName;

    private string Path => System.IO.Path.Combine(_folder, "credentials.json");

    [Fact]
    public async Task AuthenticateAsync_RightWrongAndUnknown_AreToldApartOnlyByTheAnswer()
    {
        CredentialFile.Add(Path, "meter-1", "correct horse", MqttRole.Device, "gate/meter-1");
        using var file = new CredentialFile(Path);

        foreach (int _ in new[] { 1, 2 })
        {
            MqttAuthentication right = await AskAsync(file, "meter-1", "correct horse");
            Assert.Equal(MqttReasonCode.Success, right.Reason);
            Assert.Equal("meter-1", right.Identity!.Name);
        }

        Assert.Equal(MqttAuthentication.Refuse(MqttReasonCode.BadUserNameOrPassword), await AskAsync(file, "meter-1", "wrong horse"));
        Assert.Equal(MqttAuthentication.Refuse(MqttReasonCode.BadUserNameOrPassword), await AskAsync(file, "meter-2", "correct horse"));
        Assert.Equal(MqttAuthentication.Refuse(MqttReasonCode.BadUserNameOrPassword), await AskAsync(file, null, ""));
    }

    [Fact]
    public async Task AuthenticateAsync_NoUsers_AcceptsLoopbackOnly()
    {
        using var file = new CredentialFile(Path);
        Assert.NotNull((await AskAsync(file, null, "", IPAddress.Loopback)).Identity);
        Assert.NotNull((await AskAsync(file, null, "", IPAddress.Parse("::ffff:127.0.0.1"))).Identity);
        Assert.Equal(MqttReasonCode.NotAuthorized, (await AskAsync(file, null, "", IPAddress.Parse("192.0.2.7"))).Reason);
    }

    [Fact]
    public void Add_File_IsForItsOwnerOnlyAndHoldsNoPassword()
    {
        CredentialFile.Add(Path, "console", "very secret words", MqttRole.Operator);
        string text = File.ReadAllText(Path);
        Assert.DoesNotContain("very secret words", text, StringComparison.Ordinal);
        Assert.Contains("210000", text, StringComparison.Ordinal);
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path));
        Assert.Equal([Path], Directory.GetFiles(_folder));
        Assert.DoesNotContain("secret", new MqttCredentials("console", "secret"u8.ToArray(), null).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void AddRemoveList_Users_AreThoseLeft()
    {
        CredentialFile.Add(Path, "b", "password-b", MqttRole.Service);
        CredentialFile.Add(Path, "a", "password-a", MqttRole.Device, "gate/meter-1", ["shellies/abc/#"]);
        CredentialFile.Add(Path, "b", "password-c", MqttRole.Operator);
        Assert.Equal(["a", "b"], CredentialFile.List(Path).Select(user => user.Name));
        Assert.Equal(MqttRole.Operator, CredentialFile.List(Path)[1].Role);
        Assert.True(CredentialFile.Remove(Path, "b"));
        Assert.False(CredentialFile.Remove(Path, "b"));
        Assert.Equal("gate/meter-1", Assert.Single(CredentialFile.List(Path)).Asset);
    }

    [Theory]
    [InlineData("", "password-1", "gate/meter-1", null)]
    [InlineData("a", "short", "gate/meter-1", null)]
    [InlineData("a", "password-1", "gate", null)]
    [InlineData("a", "password-1", "gate/+", null)]
    [InlineData("a", "password-1", null, null)]
    [InlineData("a", "password-1", null, "a/#/b")]
    public void Add_WhatCannotBe_IsRefused(string name, string password, string? asset, string? filter)
    {
        Assert.Throws<ArgumentException>(() => CredentialFile.Add(Path, name, password, MqttRole.Device, asset, filter is null ? null : [filter]));
        Assert.False(File.Exists(Path));
    }

    [Theory]
    [InlineData("{")]
    [InlineData("{\"users\":[{\"name\":\"a\"}]}")]
    [InlineData("{\"users\":[{\"name\":\"a\",\"role\":\"king\",\"filters\":[],\"scheme\":\"pbkdf2-sha512\",\"iterations\":210000,\"salt\":\"\",\"hash\":\"\"}]}")]
    public void New_DamagedFile_NamesIt(string text)
    {
        File.WriteAllText(Path, text);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(Path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Assert.Contains(Path, Assert.Throws<InvalidDataException>(() => new CredentialFile(Path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void New_FileOthersMayRead_IsRefused()
    {
        if (OperatingSystem.IsWindows())
            return;
        CredentialFile.Add(Path, "a", "password-a", MqttRole.Service);
        File.SetUnixFileMode(Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);
        Assert.Contains("0600", Assert.Throws<InvalidDataException>(() => new CredentialFile(Path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Device_ForeignTopics_AreRefusedByCodeOrClose()
    {
        CredentialFile.Add(Path, "meter-1", "password-1", MqttRole.Device, "gate/meter-1", ["shellies/abc/#"]);
        using var file = new CredentialFile(Path);
        await using ServerFixture server = await ServerFixture.StartAsync(authenticator: file);
        await using MqttClient device = await MqttClient.ConnectAsync(Options(server));

        Assert.Equal(MqttReasonCode.Success, (await device.PublishAsync("alatau/v1/gate/meter-1/telemetry"u8.ToArray(), new byte[1], 1)).Reason);
        Assert.Equal(MqttReasonCode.Success, (await device.PublishAsync("shellies/abc/status"u8.ToArray(), new byte[1], 2)).Reason);
        Assert.Equal(MqttReasonCode.NotAuthorized, (await device.PublishAsync("alatau/v1/gate/meter-2/telemetry"u8.ToArray(), new byte[1], 1)).Reason);
        Assert.Equal(MqttReasonCode.NotAuthorized, (await device.PublishAsync("alatau/v1/gate/meter-11/telemetry"u8.ToArray(), new byte[1], 2)).Reason);
        Assert.Equal(
            [MqttReasonCode.Success, MqttReasonCode.NotAuthorized, MqttReasonCode.NotAuthorized, MqttReasonCode.NotAuthorized],
            await device.SubscribeAsync([new MqttSubscription("alatau/v1/gate/meter-1/#"), new MqttSubscription("#"), new MqttSubscription("alatau/v1/+/meter-1/#"), new MqttSubscription("$share/g/alatau/#")]));

        MqttClientOptions old = Options(server);
        old.Version = MqttProtocolVersion.V311;
        await using MqttClient closed = await MqttClient.ConnectAsync(old);
        Assert.True((await closed.PublishAsync("alatau/v1/gate/meter-2/telemetry"u8.ToArray(), new byte[1], 1)).IsConnectionLost);
        Assert.Equal(3, server.Server.Counters[MqttEvent.PublishNotAuthorised]);

        MqttClientOptions willing = Options(server);
        willing.Will = new MqttWill("alatau/v1/gate/meter-2/telemetry", new byte[1]);
        Assert.Equal(MqttReasonCode.NotAuthorized, (await Assert.ThrowsAsync<MqttConnectException>(() => MqttClient.ConnectAsync(willing))).Reason);
    }

    [Fact]
    public async Task Connect_ForeignClientId_IsNotTakenOver()
    {
        CredentialFile.Add(Path, "meter-1", "password-1", MqttRole.Device, "gate/meter-1");
        CredentialFile.Add(Path, "meter-2", "password-1", MqttRole.Device, "gate/meter-2");
        using var file = new CredentialFile(Path);
        await using ServerFixture server = await ServerFixture.StartAsync(authenticator: file);
        MqttClientOptions options = Options(server);
        options.ClientId = "theirs";
        await using MqttClient first = await MqttClient.ConnectAsync(options);
        MqttClientOptions thief = options.Clone();
        thief.UserName = "meter-2";
        Assert.Equal(MqttReasonCode.ClientIdentifierNotValid, (await Assert.ThrowsAsync<MqttConnectException>(() => MqttClient.ConnectAsync(thief))).Reason);
        Assert.True((await first.PublishAsync("alatau/v1/gate/meter-1/telemetry"u8.ToArray(), new byte[1], 1)).IsAccepted);
    }

    [Fact]
    public async Task Reload_UserRemoved_ItsConnectionIsClosedAndOthersStay()
    {
        CredentialFile.Add(Path, "meter-1", "password-1", MqttRole.Device, "gate/meter-1");
        CredentialFile.Add(Path, "meter-2", "password-1", MqttRole.Device, "gate/meter-2");
        using var file = new CredentialFile(Path);
        await using ServerFixture server = await ServerFixture.StartAsync(authenticator: file);
        await using MqttClient first = await MqttClient.ConnectAsync(Options(server));
        MqttClientOptions other = Options(server);
        other.UserName = "meter-2";
        await using MqttClient second = await MqttClient.ConnectAsync(other);

        CredentialFile.Remove(Path, "meter-1");

        await first.Completion.WaitAsync(TimeSpan.FromSeconds(20));
        Assert.Equal(MqttReasonCode.NotAuthorized, first.EndReason);
        Assert.Equal(1, server.Server.Counters[MqttEvent.CredentialsWithdrawn]);
        Assert.True(second.IsConnected);
        Assert.Equal(MqttReasonCode.BadUserNameOrPassword, (await Assert.ThrowsAsync<MqttConnectException>(() => MqttClient.ConnectAsync(Options(server)))).Reason);
    }

    [Fact]
    public async Task Connect_Storm_EverybodyIsServed()
    {
        CredentialFile.Add(Path, "meter-1", "password-1", MqttRole.Device, "gate/meter-1");
        using var file = new CredentialFile(Path);
        await using ServerFixture server = await ServerFixture.StartAsync(authenticator: file);
        MqttClient[] clients = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => MqttClient.ConnectAsync(Options(server))));
        Assert.Equal(50, server.Server.Counters[MqttEvent.Connected]);
        foreach (MqttClient client in clients)
            await client.DisposeAsync();
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static MqttClientOptions Options(ServerFixture server) => new() { Port = server.Port, UserName = "meter-1", Password = "password-1", ConnectTimeout = TimeSpan.FromSeconds(30) };

    private static ValueTask<MqttAuthentication> AskAsync(CredentialFile file, string? user, string password, IPAddress? address = null)
        => file.AuthenticateAsync(new MqttCredentials(user, Encoding.UTF8.GetBytes(password), new IPEndPoint(address ?? IPAddress.Parse("192.0.2.7"), 5)), CancellationToken.None);
}
