using System.Net;
using System.Net.Sockets;

namespace Alatau.Iot.Testing.Peers;

/// <summary>A loopback TCP port nobody listens on at the moment of asking.</summary>
public static class FreePort
{
    public static int Take()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
