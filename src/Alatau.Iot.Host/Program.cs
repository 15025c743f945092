using Alatau.Iot.Host.Commands;

return await CommandLine.RunAsync(args, Console.Out, Console.Error);
