namespace Alatau.Iot.EndToEnd.Tests.Torture;

/// <summary>One window as it must stand in the store.</summary>
internal sealed record ExpectedWindow(int Count, double Minimum, double Maximum, double Sum, double Last, double Delta);

/// <summary>One step of an alarm as it must stand in the store: states as InfluxDB names them.</summary>
internal sealed record TortureStep(string AlarmId, string Rule, string From, string To, long At, double Value);

/// <summary>What the store must hold of one asset, computed from the numbers published and from nothing of the platform.</summary>
internal sealed class TortureExpectation
{
    public static readonly (string Name, long Milliseconds)[] Spans = [("1m", 60_000), ("15m", 900_000), ("1h", 3_600_000)];

    private readonly TortureSignal _signal;

    /// <param name="count">Messages 0 to count - 1 were acknowledged, and then the closing one.</param>
    public TortureExpectation(TortureSignal signal, int count)
    {
        _signal = signal;
        for (int n = 0; n < count; n++)
        {
            Readings["activePower"][signal.InstantOf(n)] = signal.Power(n);
            Readings["energyImport"][signal.InstantOf(n)] = signal.Energy(n);
            if (signal.TellsVoltage(n))
            {
                Readings["voltage"][signal.InstantOf(n) - TortureSignal.VoltageLag] = signal.Voltage(n);
            }
        }

        foreach (var (measurand, readings) in Readings)
        {
            Aggregate(measurand, readings);
        }

        long closing = signal.ClosingInstant(count);
        Readings["activePower"][closing] = 500;
        Readings["energyImport"][closing] = signal.Energy(count + 60);
        Readings["voltage"][closing] = 230;
        Judge(count, closing);
    }

    public Dictionary<string, SortedDictionary<long, double>> Readings { get; } = new(StringComparer.Ordinal) { ["activePower"] = [], ["energyImport"] = [], ["voltage"] = [] };

    /// <summary>By measurand, span and start.</summary>
    public Dictionary<(string Measurand, string Span, long Start), ExpectedWindow> Windows { get; } = [];

    public List<TortureStep> Steps { get; } = [];

    private void Aggregate(string measurand, SortedDictionary<long, double> readings)
    {
        foreach (var (span, length) in Spans)
        {
            double before = readings.Count == 0 ? 0 : readings.First().Value;
            foreach (var window in readings.GroupBy(r => r.Key - (r.Key % length)))
            {
                var values = window.Select(r => r.Value).ToList();
                double delta = measurand == "energyImport" ? values[^1] - before : 0;
                before = values[^1];
                Windows[(measurand, span, window.Key)] = new ExpectedWindow(values.Count, values.Min(), values.Max(), values.Sum(), values[^1], delta);
            }
        }
    }

    /// <summary>Judges in the order of publishing; a reading older than one before it is not judged.</summary>
    private void Judge(int count, long closing)
    {
        foreach (var rule in TortureRules.All)
        {
            bool isTripped = false;
            long newest = long.MinValue;
            long? since = null;
            long raisedAt = 0;
            foreach (var (at, value) in Enumerable.Range(0, count).Select(n => (_signal.InstantOf(n), _signal.Power(n))).Append((closing, 500.0)))
            {
                if (at <= newest)
                {
                    continue;
                }

                bool isGap = newest > long.MinValue && at - newest > TortureRules.GapMilliseconds;
                newest = at;
                if (isTripped)
                {
                    if (rule.IsHigh ? value < rule.Limit - rule.Deadband : value > rule.Limit + rule.Deadband)
                    {
                        isTripped = false;
                        since = null;
                        Step(rule, raisedAt, "unacknowledged", "returnedUnacknowledged", at, value);
                    }
                }
                else if (rule.IsHigh ? value >= rule.Limit : value <= rule.Limit)
                {
                    since = since is null || isGap ? at : since;
                    if (at - since >= rule.DelaySeconds * 1000)
                    {
                        isTripped = true;
                        string from = raisedAt == 0 ? "normal" : "returnedUnacknowledged";
                        raisedAt = raisedAt == 0 ? at : raisedAt;
                        Step(rule, raisedAt, from, "unacknowledged", at, value);
                    }
                }
                else
                {
                    since = null;
                }
            }
        }
    }

    private void Step(TortureRule rule, long raisedAt, string from, string to, long at, double value) =>
        Steps.Add(new TortureStep(FormattableString.Invariant($"green:{_signal.Asset}:{rule.Name}:{raisedAt}"), rule.Name, from, to, at, value));
}
