using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Alatau.Iot.Web.Api;

/// <summary>The refusals of the API by RFC 9457. The type is a URN that programs compare; title is fixed for a type, detail says what to do.</summary>
internal static class Problems
{
    private const string Prefix = "urn:alatau:problem:";

    public static string TypeOf(string name) => Prefix + name;

    public static ProblemHttpResult UnknownAsset(string site, string asset) =>
        Of(StatusCodes.Status404NotFound, "unknown-asset", "Unknown asset", $"There is no asset '{site}/{asset}'. GET /api/v1/assets lists all.");

    public static ProblemHttpResult UnknownNode(string node) =>
        Of(StatusCodes.Status404NotFound, "unknown-node", "Unknown node", $"There is no node '{node}' in the topology. GET /api/v1/topology lists all.");

    public static ProblemHttpResult UnknownAlarm(string id) =>
        Of(StatusCodes.Status404NotFound, "unknown-alarm", "Unknown alarm", $"There is no open alarm '{id}'. GET /api/v1/alarms lists those that are open.");

    public static ProblemHttpResult UnknownMeasurand(string name) =>
        Of(StatusCodes.Status404NotFound, "unknown-measurand", "Unknown measurand", $"There is no measurand '{name}'. The asset's values name those it has.");

    public static ProblemHttpResult UnknownSubscription(string name) =>
        Of(StatusCodes.Status404NotFound, "unknown-subscription", "Unknown subscription", $"There is no subscription '{name}'. GET /api/v1/subscriptions lists all.");

    public static ProblemHttpResult StoreAway(string detail) =>
        Of(StatusCodes.Status503ServiceUnavailable, "store-unavailable", "History is unavailable", detail);

    public static ProblemHttpResult Invalid(IReadOnlyDictionary<string, string[]> errors) =>
        Of(StatusCodes.Status400BadRequest, "invalid-request", "The request is not valid", string.Join(" ", errors.SelectMany(e => e.Value)), ("errors", errors));

    public static ProblemHttpResult Of(int status, string type, string title, string detail, params ReadOnlySpan<(string Name, object? Value)> more)
    {
        Dictionary<string, object?>? extensions = null;
        foreach (var (name, value) in more)
        {
            (extensions ??= new(StringComparer.Ordinal))[name] = value;
        }

        return TypedResults.Problem(detail, instance: null, status, title, TypeOf(type), extensions);
    }
}
