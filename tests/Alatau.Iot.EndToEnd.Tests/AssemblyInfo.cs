// Each class starts platforms of its own; two classes at a time are enough for a small machine.
[assembly: CollectionBehavior(MaxParallelThreads = 2)]

// Ctrl+C and a file's rights are what Linux and macOS call so.
[assembly: System.Runtime.Versioning.SupportedOSPlatform("linux")]
