using Alatau.Iot.Host.Settings;
using Alatau.Iot.Testing;

namespace Alatau.Iot.Host.Tests.Settings;

[Collection(nameof(InWorkingFolder))]
public sealed class DevicesFolderTests : IDisposable
{
    private readonly string _before = Environment.CurrentDirectory;
    private readonly TempFolder _folder = new();

    [Fact]
    public void Find_Named_IsThatFolder() => Assert.Equal(_folder.Path, DevicesFolder.Find(_folder.Path));

    [Fact]
    public void Find_NamedButAbsent_IsNoOtherInstead() => Assert.Null(DevicesFolder.Find(_folder.File("nowhere")));

    [Fact]
    public void Find_WorkingFolderHasOne_IsTakenBeforeTheProgramsOwn()
    {
        Directory.CreateDirectory(Path.Combine(_folder.Path, "devices", "profiles"));
        Environment.CurrentDirectory = _folder.Path;
        Assert.Equal(Path.GetFullPath("devices"), DevicesFolder.Find(null));
    }

    [Fact]
    public void Find_WorkingFolderHasNone_IsTheNearestAboveTheProgram()
    {
        Environment.CurrentDirectory = _folder.Path;
        Assert.Equal(ProjectRoot.Of("devices"), DevicesFolder.Find(null));
    }

    public void Dispose()
    {
        Environment.CurrentDirectory = _before;
        _folder.Dispose();
    }
}
