using Alatau.Iot.Core.Time;

namespace Alatau.Iot.Storage.Recording;

/// <summary>The store can't be written at present.</summary>
/// <param name="Since">When the first write failed.</param>
/// <param name="Error">The last failure: what, where and the cure.</param>
/// <param name="NeedsCure">True when waiting alone won't help: a person has to do what <paramref name="Error"/> says.</param>
/// <param name="Tries">Failed tries up to now, at least 1.</param>
public sealed record StoreAbsence(Instant Since, string Error, bool NeedsCure, int Tries);
