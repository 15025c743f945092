using Alatau.Iot.Notifications.Email;

namespace Alatau.Iot.Notifications.Tests.Email;

public sealed class MailAddressTests
{
    [Theory]
    [InlineData("grid@alatau.example", true)]
    [InlineData("a.b+c@x-1.example", true)]
    [InlineData("grid@alatau.example\r\nRCPT TO:<evil@x>", false)]
    [InlineData("grid@alatau.example>", false)]
    [InlineData("\"quoted\"@x.example", false)]
    [InlineData("@x.example", false)]
    [InlineData("a@", false)]
    [InlineData("a@-x.example", false)]
    [InlineData("a b@x.example", false)]
    public void IsValid_TakesPlainAddressesOnly(string text, bool isValid) => Assert.Equal(isValid, MailAddress.IsValid(text));
}
