using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Alatau.Iot.Mqtt.Packets;

namespace Alatau.Iot.Mqtt.Identity;

/// <summary>Users in one JSON file that only its owner may read, and the check of their passwords.</summary>
/// <remarks>Passwords are kept as PBKDF2-HMAC-SHA512 (RFC 8018) with their parameters. Hashing runs off the I/O threads, a few at a time, so that a storm
/// of CONNECTs can't starve the road; a password once verified is remembered under a key that lives in this process only. An unknown user costs
/// the same hash as a wrong password. The file is looked at again at most once a second; a broken file keeps the last good users and is told by <see cref="Fault"/>.
/// While the file holds no user, whoever is on loopback may do everything.</remarks>
public sealed class CredentialFile : IMqttAuthenticator, IDisposable
{
    public const int Iterations = 210_000;
    private const int SaltLength = 16;
    private const int HashLength = 64;
    private const int MaximumVerified = 100_000;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    private readonly string _path;
    private readonly TimeProvider _time;
    private readonly SemaphoreSlim _hashing = new(Math.Max(1, Environment.ProcessorCount / 2));
    private readonly byte[] _key = RandomNumberGenerator.GetBytes(32);
    private readonly byte[] _unknownSalt = RandomNumberGenerator.GetBytes(SaltLength);
    private readonly System.Collections.Concurrent.ConcurrentDictionary<string, byte[]> _verified = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();
    private FrozenDictionary<string, User> _users = FrozenDictionary<string, User>.Empty;
    private (DateTime WrittenAt, long Length) _seen;
    private long _lookedAt;
    private long _version;

    /// <exception cref="InvalidDataException">The file exists and isn't a credential file, or others may read it; the message names it.</exception>
    public CredentialFile(string path, TimeProvider? time = null)
    {
        _path = path;
        _time = time ?? TimeProvider.System;
        _lookedAt = _time.GetTimestamp();
        _seen = Look(path);
        _users = Build(Read(path), path);
    }

    public long Version
    {
        get
        {
            ReloadWhenChanged();
            return Interlocked.Read(ref _version);
        }
    }

    /// <summary>Why the file's last change isn't in force; null when it is.</summary>
    public string? Fault { get; private set; }

    public bool HasUsers => _users.Count > 0;

    /// <summary>Adds a user or replaces one of the same name.</summary>
    /// <param name="filters">For a device: topic filters it may use besides its own, for example <c>shellies/abc/#</c>.</param>
    /// <param name="asset"><c>site/asset</c> of a device: gives it <c>alatau/v1/{site}/{asset}/#</c>.</param>
    /// <exception cref="ArgumentException">A name, password, asset or filter that can't be; the message says which.</exception>
    public static void Add(string path, string name, string password, MqttRole role, string? asset = null, IReadOnlyList<string>? filters = null)
    {
        if (string.IsNullOrWhiteSpace(name) || name.Length > 256 || !TopicRules.IsText(Encoding.UTF8.GetBytes(name)))
            throw new ArgumentException("A user needs a name of 1 to 256 characters.", nameof(name));
        if (password.Length is < 8 or > 1024)
            throw new ArgumentException("A password has 8 to 1024 characters.", nameof(password));
        byte[] salt = RandomNumberGenerator.GetBytes(SaltLength);
        byte[] hash = Rfc2898DeriveBytes.Pbkdf2(Encoding.UTF8.GetBytes(password), salt, Iterations, HashAlgorithmName.SHA512, HashLength);
        var entry = new CredentialEntry(name, role.ToString().ToLowerInvariant(), asset, filters is null ? [] : [.. filters], "pbkdf2-sha512", Iterations, Convert.ToBase64String(salt), Convert.ToBase64String(hash));
        string? fault = FaultOf(entry);
        if (fault is not null)
            throw new ArgumentException(fault, nameof(asset));
        List<CredentialEntry> entries = Read(path);
        entries.RemoveAll(other => string.Equals(other.Name, name, StringComparison.Ordinal));
        entries.Add(entry);
        Write(path, entries);
    }

    /// <summary>False when there is no such user.</summary>
    public static bool Remove(string path, string name)
    {
        List<CredentialEntry> entries = Read(path);
        if (entries.RemoveAll(other => string.Equals(other.Name, name, StringComparison.Ordinal)) == 0)
            return false;
        Write(path, entries);
        return true;
    }

    /// <summary>All users by name, without salts and hashes.</summary>
    public static IReadOnlyList<CredentialUser> List(string path)
        => [.. Read(path).OrderBy(entry => entry.Name, StringComparer.Ordinal).Select(entry => new CredentialUser(entry.Name, ParseRole(entry.Role) ?? MqttRole.Device, entry.Asset, entry.Filters))];

    public async ValueTask<MqttAuthentication> AuthenticateAsync(MqttCredentials credentials, CancellationToken cancellationToken)
    {
        ReloadWhenChanged();
        FrozenDictionary<string, User> users = _users;
        if (users.Count == 0)
            return credentials.IsLoopback ? MqttAuthentication.Accept(LoopbackOnly.Anonymous) : MqttAuthentication.Refuse(MqttReasonCode.NotAuthorized);
        if (credentials.UserName is null)
            return MqttAuthentication.Refuse(MqttReasonCode.BadUserNameOrPassword);
        users.TryGetValue(credentials.UserName, out User? user);
        byte[] proof = Prove(credentials.Password.Span, user);
        if (IsVerified(user, proof))
            return MqttAuthentication.Accept(user!.Identity);

        await _hashing.WaitAsync(cancellationToken);
        bool isRight;
        try
        {
            // Another connection of the same user may have been verified while this one waited.
            isRight = IsVerified(user, proof) || await Task.Run(() => Matches(credentials.Password.Span, user), cancellationToken);
        }
        finally
        {
            _hashing.Release();
        }

        if (!isRight)
            return MqttAuthentication.Refuse(MqttReasonCode.BadUserNameOrPassword);
        if (_verified.Count >= MaximumVerified)
            _verified.Clear();
        _verified[user!.Identity.Name] = proof;
        return MqttAuthentication.Accept(user.Identity);
    }

    public bool IsValid(MqttIdentity identity)
    {
        FrozenDictionary<string, User> users = _users;
        return users.Count == 0
            ? ReferenceEquals(identity, LoopbackOnly.Anonymous)
            : users.TryGetValue(identity.Name, out User? user) && ReferenceEquals(user.Identity, identity);
    }

    public void Dispose() => _hashing.Dispose();

    private bool IsVerified(User? user, byte[] proof)
        => user is not null && _verified.TryGetValue(user.Identity.Name, out byte[]? known) && CryptographicOperations.FixedTimeEquals(known, proof);

    private bool Matches(ReadOnlySpan<byte> password, User? user)
    {
        Span<byte> hash = stackalloc byte[HashLength];
        Rfc2898DeriveBytes.Pbkdf2(password, user?.Salt ?? _unknownSalt, hash, user?.Iterations ?? Iterations, HashAlgorithmName.SHA512);
        return CryptographicOperations.FixedTimeEquals(hash, user?.Hash ?? new byte[HashLength]) && user is not null;
    }

    /// <summary>What a verified password is remembered by: bound to this process, the user and its stored hash.</summary>
    private byte[] Prove(ReadOnlySpan<byte> password, User? user)
    {
        byte[] bound = new byte[HashLength + password.Length];
        (user?.Hash ?? new byte[HashLength]).CopyTo(bound, 0);
        password.CopyTo(bound.AsSpan(HashLength));
        byte[] proof = HMACSHA256.HashData(_key, bound);
        CryptographicOperations.ZeroMemory(bound);
        return proof;
    }

    private void ReloadWhenChanged()
    {
        if (_time.GetElapsedTime(Interlocked.Read(ref _lookedAt)) < TimeSpan.FromSeconds(1))
            return;
        lock (_gate)
        {
            if (_time.GetElapsedTime(Interlocked.Read(ref _lookedAt)) < TimeSpan.FromSeconds(1))
                return;
            Interlocked.Exchange(ref _lookedAt, _time.GetTimestamp());
            (DateTime, long) now = Look(_path);
            if (now == _seen)
                return;
            try
            {
                FrozenDictionary<string, User> users = Build(Read(_path), _path, _users);
                _seen = now;
                _users = users;
                _verified.Clear();
                Fault = null;
                Interlocked.Increment(ref _version);
            }
            catch (Exception exception) when (exception is InvalidDataException or IOException or UnauthorizedAccessException)
            {
                Fault = exception.Message;
            }
        }
    }

    private static (DateTime WrittenAt, long Length) Look(string path)
    {
        var file = new FileInfo(path);
        return file.Exists ? (file.LastWriteTimeUtc, file.Length) : default;
    }

    private static FrozenDictionary<string, User> Build(List<CredentialEntry> entries, string path, FrozenDictionary<string, User>? before = null)
    {
        var users = new Dictionary<string, User>(StringComparer.Ordinal);
        foreach (CredentialEntry entry in entries)
        {
            if (FaultOf(entry) is { } fault)
                throw new InvalidDataException($"{path}: {fault}");
            // An unaltered user keeps its identity, so that its connections stay.
            if (before is not null && before.TryGetValue(entry.Name, out User? old) && old.Entry.Equals(entry))
            {
                users[entry.Name] = old;
                continue;
            }

            ImmutableArray<ReadOnlyMemory<byte>> filters = [.. entry.AllFilters().Select(filter => new ReadOnlyMemory<byte>(Encoding.UTF8.GetBytes(filter)))];
            users[entry.Name] = new User(
                entry, new MqttIdentity(entry.Name, ParseRole(entry.Role)!.Value, filters), Convert.FromBase64String(entry.Salt), Convert.FromBase64String(entry.Hash), entry.Iterations);
        }

        return users.ToFrozenDictionary(StringComparer.Ordinal);
    }

    private static string? FaultOf(CredentialEntry entry)
    {
        if (ParseRole(entry.Role) is null)
            return $"user {entry.Name}: role must be device, operator or service.";
        if (!string.Equals(entry.Scheme, "pbkdf2-sha512", StringComparison.Ordinal) || entry.Iterations is < 1000 or > 100_000_000)
            return $"user {entry.Name}: unknown hash.";
        if (!IsBase64Of(entry.Salt, SaltLength) || !IsBase64Of(entry.Hash, HashLength))
            return $"user {entry.Name}: salt or hash is damaged.";
        if (entry.Asset is not null && (entry.Asset.Split('/') is not [{ Length: > 0 }, { Length: > 0 }] || entry.Asset.AsSpan().IndexOfAny("+#\0") >= 0))
            return $"user {entry.Name}: asset must be site/asset.";
        foreach (string filter in entry.Filters)
        {
            if (!TopicRules.IsFilter(Encoding.UTF8.GetBytes(filter)))
                return $"user {entry.Name}: {filter} isn't a topic filter.";
        }

        return ParseRole(entry.Role) == MqttRole.Device && entry.Asset is null && entry.Filters.Length == 0
            ? $"user {entry.Name}: a device needs an asset or a topic filter."
            : null;
    }

    private static bool IsBase64Of(string text, int length)
    {
        Span<byte> bytes = stackalloc byte[HashLength + 1];
        return Convert.TryFromBase64String(text, bytes, out int written) && written == length;
    }

    private static MqttRole? ParseRole(string role) => role switch
    {
        "device" => MqttRole.Device,
        "operator" => MqttRole.Operator,
        "service" => MqttRole.Service,
        _ => null,
    };

    private static List<CredentialEntry> Read(string path)
    {
        if (!File.Exists(path))
            return [];
        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & (UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite)) != UnixFileMode.None)
            throw new InvalidDataException($"{path}: others may read or write it; set its rights to 0600.");
        try
        {
            CredentialDocument? document = JsonSerializer.Deserialize<CredentialDocument>(File.ReadAllBytes(path), Json);
            return document?.Users is { } users && users.All(user => user is { Name: not null, Role: not null, Filters: not null, Salt: not null, Hash: not null, Scheme: not null })
                ? [.. users]
                : throw new InvalidDataException($"{path}: users are missing or incomplete.");
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException($"{path}: {exception.Message}", exception);
        }
    }

    /// <summary>Writes beside, then replaces: a reader sees the old file or the new one.</summary>
    private static void Write(string path, List<CredentialEntry> entries)
    {
        string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        Directory.CreateDirectory(folder);
        string beside = Path.Combine(folder, $".{Path.GetFileName(path)}.{RandomNumberGenerator.GetHexString(8)}");
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        try
        {
            using (var stream = new FileStream(beside, options))
            {
                JsonSerializer.Serialize(stream, new CredentialDocument([.. entries.OrderBy(entry => entry.Name, StringComparer.Ordinal)]), Json);
                stream.Flush(flushToDisk: true);
            }

            File.Move(beside, path, overwrite: true);
        }
        finally
        {
            File.Delete(beside);
        }
    }

    private sealed record User(CredentialEntry Entry, MqttIdentity Identity, byte[] Salt, byte[] Hash, int Iterations);
}
