using Alatau.Iot.Core.Alarms;

namespace Alatau.Iot.Web.Live;

/// <summary>A transition with its place in the order this process saw them, from 1.</summary>
public readonly record struct NumberedTransition(long Number, AlarmTransition Transition);
