namespace Alatau.Iot.Core.Files;

/// <summary>Gathers every fault of every file, so that a person mends them all at once.</summary>
public sealed class FileFaults
{
    private readonly List<FileFault> _all = [];

    public IReadOnlyList<FileFault> All => _all;

    public bool Any => _all.Count > 0;

    public void Add(string file, string path, string problem, string cure) => _all.Add(new FileFault(file, path, problem, cure));

    public void Add(FileFault fault) => _all.Add(fault);
}
