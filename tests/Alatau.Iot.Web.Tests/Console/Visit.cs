using Microsoft.Playwright;

namespace Alatau.Iot.Web.Tests.Console;

/// <summary>One window with all that went wrong in it: console errors, exceptions, requests to another host, refused requests.</summary>
public sealed class Visit : IAsyncDisposable
{
    private readonly IBrowserContext _context;
    private readonly List<string> _faults = [];

    internal Visit(IBrowserContext context, IPage page, Uri url)
    {
        _context = context;
        Page = page;
        page.Console += (_, message) => Note(message.Type is "error" or "warning", $"{message.Type}: {message.Text}");
        page.PageError += (_, error) => Note(true, error);
        page.Request += (_, request) => Note(!request.Url.StartsWith(url.ToString(), StringComparison.Ordinal), "external: " + request.Url);
        page.Response += (_, response) => Note(response.Status >= 400, $"{response.Status} {response.Url}");
    }

    public IPage Page { get; }

    public IReadOnlyList<string> Faults
    {
        get
        {
            lock (_faults)
            {
                return [.. _faults];
            }
        }
    }

    /// <summary>Waits until the stream has moved the page at least once more.</summary>
    public async Task MovedAsync()
    {
        string before = await Page.EvaluateAsync<string>("document.body.dataset.patches ?? '0'");
        await Page.WaitForFunctionAsync("b => Number(document.body.dataset.patches ?? 0) > Number(b)", before);
    }

    public ValueTask DisposeAsync() => _context.DisposeAsync();

    private void Note(bool isFault, string what)
    {
        if (isFault)
        {
            lock (_faults)
            {
                _faults.Add(what);
            }
        }
    }
}
