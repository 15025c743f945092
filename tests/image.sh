#!/usr/bin/env bash
# Does what src/Alatau.Iot.Host/Dockerfile says, without Docker: publishes what would be copied into the build, then runs the result as another user on a read-only tree with only /data and /tmp writable,
# asks the image's own health check until it is well, and stops it by SIGTERM. By hand, as root of a Linux machine with the SDK: the users, the mounts and the folder /data need it.
# Usage: tests/image.sh [FOLDER]      (FOLDER stays for the next time; without it everything is removed)
set -euo pipefail
cd "$(dirname "$0")/.."
root="$PWD"; file="$root/src/Alatau.Iot.Host/Dockerfile"
work="$(mkdir -p "${1:-$(mktemp -d)}" && cd "${1:-$_}" && pwd)"
[ -n "${1:-}" ] || trap 'rm -rf "$work"' EXIT
arg() { sed -n "s/^ARG $1=//p" "$file"; }
user=1654 # APP_UID of Microsoft's images

echo "== build stage: COPY"
mkdir -p "$work/source" "$work/image/app" "$work/image/data"
cd "$root"
# What .dockerignore lets through of each source.
sed -n 's/^COPY \([^- ][^ ]*\) .*/\1/p' "$file" | while read -r source; do
  git ls-files --cached --others --exclude-standard -- "$source" | { [ "$source" = devices/ ] && tar -cf - -T - | tar -xf - -C "$work/image/app" || tar -cf - -T - | tar -xf - -C "$work/source"; }
done
echo "== build stage: $(sed -n 's/^RUN dotnet/dotnet/p' "$file")"
HOST_PROJECT="$(arg HOST_PROJECT)"
command="$(sed -n 's/^RUN \(dotnet publish.*\)/\1/p' "$file")"
(cd "$work/source" && HOST_PROJECT="$HOST_PROJECT" bash -euc "${command/-o \/app/-o $work/image/app}")
chown "$user" "$work/image/data"

cat > "$work/inside.sh" <<INSIDE
set -eu
settings="\$(cat "$work/environment")" # before /tmp is another
mkdir -p /app /data
mount --bind "$work/image/app" /app && mount -o remount,ro,bind /app
mount --bind "$work/image/data" /data
mount -t tmpfs -o mode=1777 tmpfs /tmp
mount -o remount,ro,bind / 2>/dev/null || mount --bind / / && mount -o remount,ro,bind /
cd /app
exec env -i PATH="\$PATH" HOME=/tmp DOTNET_ROOT="\${DOTNET_ROOT:-}" HOST_ASSEMBLY="$(arg HOST_ASSEMBLY)" DOTNET_EnableDiagnostics=0 ALATAU_Platform__DataFolder=/data ALATAU_Platform__DevicesFolder=/app/devices \$settings \
  setpriv --reuid $user --regid $user --clear-groups --no-new-privs --bounding-set=-all sh -c "\$1" alatau "\${@:2}"
INSIDE
entry="$(sed -n 's/^ENTRYPOINT //p' "$file" | python3 -c 'import json,sys; print(json.load(sys.stdin)[2])')"
inside() { exec unshare --mount --propagation private bash "$work/inside.sh" "$entry" "$@"; }

echo "== credentials, as the service of docker-compose.yml does"
: > "$work/environment"
printf 'operator-secret-1\n' | ( inside credentials add operator --role operator --password-file - --data /data )
echo "== run: read-only, user $user, no capabilities"
port_http="$(python3 -c 'import socket; s=socket.socket(); s.bind(("127.0.0.1",0)); print(s.getsockname()[1])')"
echo "ALATAU_Platform__Bind=127.0.0.1" > "$work/environment"
began=$(date +%s%N)
( inside run --config /app/appsettings.json --http-port "$port_http" --mqtt-port 0 ) > "$work/log" 2>&1 &
pid=$!
health="$(tr -d '\n' < "$file" | sed 's/.*HEALTHCHECK[^[]*CMD \(\[[^]]*\]\).*/\1/')"
healthy=""
for _ in $(seq 300); do
  if H="$health" P="$port_http" python3 -c 'import json,os,subprocess,sys; c=json.loads(os.environ["H"]); c[-1]=c[-1].replace("/8080","/"+os.environ["P"]); sys.exit(subprocess.run(c,stdout=subprocess.DEVNULL,stderr=subprocess.DEVNULL).returncode)'; then healthy=1; break; fi
  kill -0 "$pid" 2>/dev/null || break
  sleep 0.1
done
[ -n "$healthy" ] || { echo "never healthy"; cat "$work/log"; kill -TERM "$pid" 2>/dev/null || true; exit 1; }
echo "healthy after $((($(date +%s%N) - began) / 1000000)) ms; user $(ps -o uid= -p "$pid" | tr -d ' '); writable: $(find "$work/image/app" -newer "$work/inside.sh" -user "$user" | wc -l) files of /app changed, $(ls "$work/image/data" | tr '\n' ' ')in /data"
began=$(date +%s%N); kill -TERM "$pid"; code=0; wait "$pid" || code=$?
echo "SIGTERM: exit code $code after $((($(date +%s%N) - began) / 1000000)) ms"
[ "$code" = 0 ]
