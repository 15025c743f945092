namespace Alatau.Iot.Core.Alarms;

/// <summary>When the process counts as abnormal. A closed set.</summary>
public abstract record AlarmCondition
{
    private protected AlarmCondition()
    {
    }
}
