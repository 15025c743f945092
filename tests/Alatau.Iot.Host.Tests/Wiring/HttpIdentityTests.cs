using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Alatau.Iot.Host.Settings;
using Alatau.Iot.Host.Wiring;
using Alatau.Iot.Mqtt.Identity;
using Alatau.Iot.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace Alatau.Iot.Host.Tests.Wiring;

/// <summary>The guard of API and console, on a real Kestrel that listens on loopback but is told that it can be reached from elsewhere.</summary>
public sealed class HttpIdentityTests : IAsyncLifetime
{
    private const string Secret = "long enough a secret";

    private readonly TempFolder _data = new();
    private readonly HttpClient _client = new();
    private CredentialFile _credentials = null!;
    private WebApplication _app = null!;

    public async ValueTask InitializeAsync()
    {
        string file = PlatformPlan.CredentialsIn(_data.Path);
        CredentialFile.Add(file, "olga", Secret, MqttRole.Operator);
        CredentialFile.Add(file, "gateway", Secret, MqttRole.Service);
        CredentialFile.Add(file, "meter-17", Secret, MqttRole.Device, "green/meter-17");
        _credentials = new CredentialFile(file, TimeProvider.System);
        var plan = PlatformPlan.Read(new SettingsSource
        {
            Options = new Dictionary<string, string?>(StringComparer.Ordinal) { ["Platform:DataFolder"] = _data.Path, ["Platform:DevicesFolder"] = ProjectRoot.Of("devices"), ["Platform:Bind"] = "0.0.0.0" },
        });
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.ConfigureKestrel(k => k.Listen(IPAddress.Loopback, 0));
        builder.Services.AddSingleton<IMqttAuthenticator>(_credentials);
        _app = builder.Build();
        _app.UseHttpIdentity(plan);
        _app.MapGet("/{**path}", () => "inside");
        await _app.StartAsync();
        _client.BaseAddress = new Uri(_app.Urls.First());
    }

    [Theory]
    [InlineData("olga:" + Secret, HttpStatusCode.OK)]
    [InlineData("gateway:" + Secret, HttpStatusCode.OK)]
    [InlineData("meter-17:" + Secret, HttpStatusCode.Unauthorized)]
    [InlineData("olga:another secret", HttpStatusCode.Unauthorized)]
    [InlineData("nobody:" + Secret, HttpStatusCode.Unauthorized)]
    [InlineData("olga", HttpStatusCode.Unauthorized)]
    public async Task Get_WithBasicCredentials_IsForOperatorsAndServices(string pair, HttpStatusCode expected)
    {
        _client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(pair)));
        using var answer = await _client.GetAsync(new Uri("api/v1/assets", UriKind.Relative));
        Assert.Equal(expected, answer.StatusCode);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("Bearer abc")]
    [InlineData("Basic not-base-64!")]
    public async Task Get_WithoutThem_IsToldHowAndGivenNothing(string? header)
    {
        _client.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", header);
        using var answer = await _client.GetAsync(new Uri("", UriKind.Relative));
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        Assert.Equal("Basic", answer.Headers.WwwAuthenticate.Single().Scheme);
        Assert.DoesNotContain("inside", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("health/live", HttpStatusCode.OK)]
    [InlineData("health/ready", HttpStatusCode.OK)]
    [InlineData("healthy", HttpStatusCode.Unauthorized)]
    [InlineData("metrics", HttpStatusCode.Unauthorized)]
    public async Task Get_Health_AnswersEverybody(string path, HttpStatusCode expected)
    {
        using var answer = await _client.GetAsync(new Uri(path, UriKind.Relative));
        Assert.Equal(expected, answer.StatusCode);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _app.DisposeAsync();
        _credentials.Dispose();
        _data.Dispose();
    }
}
