using System.Text;
using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Files;
using Alatau.Iot.Core.Fleets;
using Alatau.Iot.Core.Time;

namespace Alatau.Iot.Core.Tests.Fleets;

/// <summary>What a person may write of a topology, and what is refused with place and cure.</summary>
public sealed class FleetTopologyTests
{
    private const string Assets = """{"id":"s/t","kind":"transformer"},{"id":"s/f","kind":"feeder","fedBy":"s/t"},{"id":"s/g","kind":"feeder","fedBy":"s/t"},{"id":"s/w","kind":"weather"}""";
    private const string Places = """{"id":"s/b","kind":"building","floorSquareMetres":1250.5},{"id":"s/r","kind":"room","locatedIn":"s/b"}""";

    private readonly FileFaults _faults = new();

    [Fact]
    public void Read_DatesOfALink_AreLocalDaysOfTheSite()
    {
        var fleet = Read("""{"id":"s/m","kind":"meter","fedBy":[{"node":"s/f","to":"2026-03-01"},{"node":"s/g","from":"2026-03-01","to":"2026-04-01T00:00:00Z"}]}""");

        Assert.Empty(_faults.All);
        var links = fleet!.Links.Where(l => l.Child == AssetId.Of("s", "m")).ToList();
        Assert.True(Instant.TryParse("2026-02-28T19:00:00Z", out var march));
        Assert.True(Instant.TryParse("2026-04-01T00:00:00Z", out var april));
        Assert.Equal([(Instant.MinValue, march), (march, april)], links.Select(l => (l.From, l.To)));
        Assert.Equal(AssetId.Of("s", "g"), fleet.FedBy[AssetId.Of("s", "m")]);
    }

    [Fact]
    public void Read_WhatASiteIsReachedThrough_IsThatOfItsAssetsUnlessTheySayItThemselves()
    {
        var fleet = FleetReader.Read("f.json", Encoding.UTF8.GetBytes("""
            {"name":"f","sites":[{"name":"s","reachedThrough":"platform/bridge-x"},{"name":"u","reachedThrough":"u/k"}],"assets":[
             {"id":"s/m","kind":"meter"},{"id":"s/k","kind":"gateway"},{"id":"s/n","kind":"meter","reachedThrough":"s/k"},
             {"id":"u/k","kind":"gateway"},{"id":"u/l","kind":"gateway"},{"id":"u/m","kind":"meter"}]}
            """), _faults);

        Assert.Empty(_faults.All);
        Assert.Equal(
            ["s/k platform/bridge-x", "s/m platform/bridge-x", "s/n s/k", "u/m u/k"],
            fleet!.ReachedThrough.Select(l => $"{l.Child} {l.Parent}").Order(StringComparer.Ordinal));
        Assert.Empty(fleet.Links);
    }

    [Fact]
    public void Read_CustomersCityAndPlaces_AreKept()
    {
        var fleet = Read("""{"id":"s/m","kind":"meter","customers":12,"locatedIn":"s/r","meteredBy":"s/f"}""", city: "\"city\":{\"name\":\"c\",\"displayName\":\"C\"},");

        Assert.Empty(_faults.All);
        Assert.Equal(new City("c", "C"), fleet!.City);
        Assert.Equal(12, fleet.Customers[AssetId.Of("s", "m")]);
        Assert.Equal([(PlaceKind.Building, 1250.5), (PlaceKind.Room, null)], fleet.Places.Select(p => (p.Kind, p.FloorSquareMetres)));
    }

    [Theory]
    [InlineData("""{"id":"s/m","kind":"meter","fedBy":"s/nobody"}""", "$.assets[4].fedBy", "Asset 's/nobody' is not in this fleet")]
    [InlineData("""{"id":"s/m","kind":"meter","locatedIn":"s/nowhere"}""", "$.assets[4].locatedIn", "Place 's/nowhere' is not in this fleet")]
    [InlineData("""{"id":"s/m","kind":"meter","fedBy":"s"}""", "$.assets[4].fedBy", "'s' is no asset id")]
    [InlineData("""{"id":"s/m","kind":"meter","fedBy":7}""", "$.assets[4].fedBy", "Must be a text or a list")]
    [InlineData("""{"id":"s/m","kind":"meter","fedBy":"s/w"}""", "$.assets[4].fedBy", "'s/w', a weather, can't feed 's/m', a meter")]
    [InlineData("""{"id":"s/m","kind":"meter","fedBy":"s/r"}""", "$.assets[4].fedBy", "'s/r', a room, can't feed 's/m', a meter")]
    [InlineData("""{"id":"s/m","kind":"water","fedBy":"s/f"}""", "$.assets[4].fedBy", "'s/f', a feeder, can't feed 's/m', a water")]
    [InlineData("""{"id":"s/m","kind":"meter","locatedIn":"s/f"}""", "$.assets[4].locatedIn", "'s/m', a meter, can't lie in 's/f', a feeder")]
    [InlineData("""{"id":"s/m","kind":"meter","meteredBy":"s/w"}""", "$.assets[4].meteredBy", "'s/w', a weather, is no meter")]
    [InlineData("""{"id":"s/m","kind":"meter","meteredBy":"s/m"}""", "$.assets[4].meteredBy", "'s/m' is metered by itself")]
    [InlineData("""{"id":"s/m","kind":"meter","fedBy":"s/m"}""", "$.assets[4].fedBy", "'s/m' is fed by itself in a circle")]
    [InlineData("""{"id":"s/m","kind":"meter","customers":1.5}""", "$.assets[4].customers", "Must be a whole number")]
    [InlineData("""{"id":"s/m","kind":"meter","fedBy":[{"node":"s/f","from":"2026-03-01","to":"2026-03-01"}]}""", "$.assets[4].fedBy[0].to", "Ends before it begins")]
    [InlineData("""{"id":"s/m","kind":"meter","fedBy":[{"node":"s/f","from":"March"}]}""", "$.assets[4].fedBy[0].from", "'March' is no date")]
    [InlineData("""{"id":"s/m","kind":"meter","fedBy":[{"node":"s/f"},{"node":"s/g","from":"2026-03-01"}]}""", "$.assets[4].fedBy[1].node", "Holds from 2026-02-28T19:00:00.000Z on, while 's/m' still belongs to 's/f' until ever")]
    [InlineData("""{"id":"s/b","kind":"meter"}""", "$.places[0].id", "'s/b' is an asset already")]
    [InlineData("""{"id":"s/m","kind":"meter","reachedThrough":"s/nobody"}""", "$.assets[4].reachedThrough", "Asset 's/nobody' is not in this fleet")]
    [InlineData("""{"id":"s/m","kind":"meter","reachedThrough":"s/f"}""", "$.assets[4].reachedThrough", "'s/f', a feeder, is no gateway")]
    [InlineData("""{"id":"s/m","kind":"meter","reachedThrough":"s/b"}""", "$.assets[4].reachedThrough", "'s/b', a building, is no gateway")]
    [InlineData("""{"id":"s/k","kind":"gateway","reachedThrough":"s/k"}""", "$.assets[4].reachedThrough", "'s/k' is reached through itself")]
    [InlineData("""{"id":"s/k","kind":"gateway","reachedThrough":"s/l"},{"id":"s/l","kind":"gateway","reachedThrough":"s/k"}""", "$.assets[4].reachedThrough", "'s/k' is reached through itself in a circle")]
    [InlineData("""{"id":"s/k","kind":"gateway"},{"id":"s/m","kind":"meter","reachedThrough":[{"node":"s/k"},{"node":"platform/bridge-x","from":"2026-03-01"}]}""", "$.assets[5].reachedThrough[1].node", "Holds from 2026-02-28T19:00:00.000Z on, while 's/m' still belongs to 's/k' until ever")]
    [InlineData("""{"id":"s/k","kind":"bridge"}""", "$.assets[4].kind", "Bridges stand in the settings, under Ingest:Bridges, and are assets by themselves")]
    public void Read_WrongLink_IsNamedWithItsPlace(string asset, string path, string problem)
    {
        Assert.Null(Read(asset));

        Assert.Contains(_faults.All, f => f.Path == path && f.Problem == problem && f.Cure.Length > 0 && f.File == "f.json");
    }

    [Theory]
    [InlineData("""{"id":"s/b2","kind":"building","locatedIn":"s/r"}""", "$.places[2].locatedIn", "'s/b2', a building, can't lie in 's/r', a room")]
    [InlineData("""{"id":"s/b","kind":"floor"}""", "$.places[2].id", "Place 's/b' stands here twice")]
    [InlineData("""{"id":"x/b","kind":"floor"}""", "$.places[2].id", "Site 'x' is not in this fleet")]
    [InlineData("""{"id":"b","kind":"floor"}""", "$.places[2].id", "'b' is no id of a place")]
    [InlineData("""{"id":"s/b2","kind":"building","floorSquareMetres":0}""", "$.places[2].floorSquareMetres", "Must be a number from 1 to 10000000")]
    [InlineData("""{"id":"s/f2","kind":"feeder","floorSquareMetres":12}""", "$.places[2].floorSquareMetres", "A feeder has no floor")]
    public void Read_WrongPlace_IsNamedWithItsPlace(string place, string path, string problem)
    {
        Assert.Null(Read("""{"id":"s/m","kind":"meter"}""", place: place));

        Assert.Contains(_faults.All, f => f.Path == path && f.Problem == problem);
    }

    [Fact]
    public void Read_KindThatIsNone_IsTheOnlyFault()
    {
        Assert.Null(Read("""{"id":"s/x","kind":"feeder!"},{"id":"s/m","kind":"meter","fedBy":"s/x","meteredBy":"s/x","locatedIn":"s/b2"}""", place: """{"id":"s/b2","kind":"castle"}"""));

        Assert.Equal(["$.assets[4].kind", "$.places[2].kind"], _faults.All.Select(f => f.Path));
    }

    [Fact]
    public void Read_CircleThatIsClosedForADay_IsFound()
    {
        Assert.Null(Read("""{"id":"s/a","kind":"feeder","fedBy":"s/c"},{"id":"s/c","kind":"feeder","fedBy":[{"node":"s/f","to":"2026-03-01"},{"node":"s/a","from":"2026-03-01","to":"2026-03-02"}]}"""));

        var fault = Assert.Single(_faults.All);
        Assert.Contains("is fed by itself in a circle at 2026-02-28T19:00:00.000Z", fault.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_LinksThatNeverHoldTogether_MakeNoCircle()
    {
        Assert.NotNull(Read("""{"id":"s/a","kind":"feeder","fedBy":[{"node":"s/c","to":"2026-03-01"}]},{"id":"s/c","kind":"feeder","fedBy":[{"node":"s/a","from":"2026-03-01"}]}"""));

        Assert.Empty(_faults.All);
    }

    [Fact]
    public void Read_ManyFaults_AreToldTogether()
    {
        Assert.Null(Read("""{"id":"s/m","kind":"meter","fedBy":"s/w","locatedIn":"s/nowhere","meteredBy":"s/m"},{"id":"s/x","kind":"feeder","fedBy":"s/y"},{"id":"s/y","kind":"feeder","fedBy":"s/x"}"""));

        Assert.Equal(4, _faults.All.Count);
    }

    [Fact]
    public void Read_CityNamedAsASite_IsRefused()
    {
        Assert.Null(Read("""{"id":"s/m","kind":"meter"}""", city: "\"city\":{\"name\":\"s\"},"));

        Assert.Equal("$.city.name", Assert.Single(_faults.All).Path);
    }

    private Fleet? Read(string asset, string city = "", string? place = null) => FleetReader.Read(
        "f.json",
        Encoding.UTF8.GetBytes($$"""{"name":"f",{{city}}"sites":[{"name":"s"}],"places":[{{Places}}{{(place is null ? "" : "," + place)}}],"assets":[{{Assets}},{{asset}}]}"""),
        _faults);
}
