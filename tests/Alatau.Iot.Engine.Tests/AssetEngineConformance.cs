using Alatau.Iot.Core.Alarms;
using Alatau.Iot.Core.Processing;
using Alatau.Iot.Core.Runtime;
using Alatau.Iot.Testing.Conformance;

namespace Alatau.Iot.Engine.Tests;

public sealed class AssetEngineConformance : AssetRuntimeConformance
{
    protected override ValueTask<IAssetRuntime> CreateAsync(AlarmRuleSet rules, IAssetUpdateSink sink)
    {
        var engine = new AssetEngine(Catalog, Directory, rules, [Site], new ProcessorOptions(), new EngineOptions { Shards = 3, InboxBytes = 64 << 10 }, [sink], Time);
        engine.Start();
        return ValueTask.FromResult<IAssetRuntime>(engine);
    }

    protected override ValueTask DestroyAsync(IAssetRuntime runtime) => ((AssetEngine)runtime).DisposeAsync();
}
