using System.Text.Json;

namespace Alatau.Iot.Web.Tests.Api;

/// <summary>Reads server-sent events by the rules of WHATWG HTML 9.2 from a real connection.</summary>
internal sealed class EventReader(HttpResponseMessage response, StreamReader reader) : IDisposable
{
    /// <summary>Longest wait for a line; generous, since a pass costs only what it needs.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(1);

    public static async Task<EventReader> OpenAsync(HttpClient client, string path, string? lastEventId = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (lastEventId is not null)
        {
            request.Headers.Add("Last-Event-ID", lastEventId);
        }

        var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
        var reader = new EventReader(response, new StreamReader(await response.Content.ReadAsStreamAsync()));
        Assert.Equal(": open", await reader.NextAsync(comments: true) is { Name: var comment } ? comment : "");
        return reader;
    }

    /// <summary>The next event; a comment is an event of its own when asked for.</summary>
    public async Task<(string Name, string? Id, JsonElement Data)> NextAsync(bool comments = false)
    {
        string name = "message";
        string? id = null;
        string data = "";
        while (true)
        {
            string? line = await reader.ReadLineAsync().WaitAsync(s_patience) ?? throw new EndOfStreamException();
            if (line.StartsWith(':'))
            {
                if (comments)
                {
                    return (line, null, default);
                }
            }
            else if (line.Length == 0)
            {
                if (data.Length > 0)
                {
                    return (name, id, JsonDocument.Parse(data).RootElement.Clone());
                }
            }
            else
            {
                int colon = line.IndexOf(": ", StringComparison.Ordinal);
                string value = line[(colon + 2)..];
                switch (line[..colon])
                {
                    case "event":
                        name = value;
                        break;
                    case "id":
                        id = value;
                        break;
                    case "data":
                        data += value;
                        break;
                    default:
                        throw new FormatException(line);
                }
            }
        }
    }

    public void Dispose()
    {
        reader.Dispose();
        response.Dispose();
    }
}
