#!/usr/bin/env bash
# Runs every test. Installs what the tests need when it may (apt-get as root, npm), names what is missing when it may not.
# The last line is "N passed, N failed, N skipped"; the exit code is 0 only when nothing failed.
# Usage: bash tests/run.sh [name part of the test projects to run]
set -u
cd "$(dirname "$0")/.."
only="${1:-}"
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_CLI_UI_LANGUAGE=en

# --- what the tests talk to -------------------------------------------------------------------------------------------
peers=(mosquitto:mosquitto mosquitto_pub:mosquitto-clients influxd:influxdb chromium:chromium promtool:prometheus fc-list:fontconfig)
missing=()
for peer in "${peers[@]}"; do
  PATH="$PATH:/usr/sbin:/sbin" command -v "${peer%%:*}" >/dev/null 2>&1 || missing+=("${peer##*:}")
done
/usr/bin/python3 -c 'import paho.mqtt.client' >/dev/null 2>&1 || missing+=(python3-paho-mqtt)
/usr/bin/python3 -c 'import aiosmtpd' >/dev/null 2>&1 || missing+=(python3-aiosmtpd)
compgen -G '/usr/lib/*/faketime/libfaketime.so.1' >/dev/null || missing+=(faketime)
[ -e /usr/share/zoneinfo/Asia/Almaty ] || missing+=(tzdata)
if [ "${#missing[@]}" -gt 0 ]; then
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "Installing ${missing[*]}"
    export DEBIAN_FRONTEND=noninteractive
    # The packages start services of their own on fixed ports; the tests start their own on free ports instead.
    policy=/usr/sbin/policy-rc.d; made=""
    if [ ! -e "$policy" ]; then printf '#!/bin/sh\nexit 101\n' > "$policy" && chmod +x "$policy" && made=1; fi
    apt-get update -qq && apt-get install -y -qq --no-install-recommends "${missing[@]}" fonts-dejavu-core >/dev/null || echo "apt-get could not install all of: ${missing[*]}"
    [ -n "$made" ] && rm -f "$policy"
  else
    echo "Missing, so their tests are skipped: ${missing[*]} (install them with apt-get)"
  fi
fi
export PATH="$PATH:/usr/sbin:/sbin"

for package in tests/*/oracle/package.json; do
  [ -e "$package" ] || continue
  folder="$(dirname "$package")"
  if command -v npm >/dev/null 2>&1; then
    (cd "$folder" && npm install --no-audit --no-fund --silent >/dev/null 2>&1) || echo "npm could not install what $folder needs; its tests are skipped"
  else
    echo "npm is missing, so the tests of $folder are skipped"
  fi
done

# --- build ------------------------------------------------------------------------------------------------------------
build() { dotnet build "$1" -c Release --nologo -v q -clp:ErrorsOnly; }
if [ -d src/Alatau.Iot.Cluster ] && build Alatau.Iot.sln; then
  :
else
  if [ -d src/Alatau.Iot.Cluster ]; then
    echo "The whole solution does not build here (the registry lacks packages of Alatau.Iot.Cluster): testing src/Standalone.slnf"
  fi
  if ! build src/Standalone.slnf; then
    echo "The build failed."
    echo "0 passed, 1 failed, 0 skipped"
    exit 1
  fi
fi

# --- run --------------------------------------------------------------------------------------------------------------
passed=0; failed=0; skipped=0
for project in tests/*.Tests; do
  name="$(basename "$project")"
  case "$name" in *"$only"*) ;; *) continue ;; esac
  exe="$project/bin/Release/net10.0/$name"
  [ -x "$exe" ] || continue
  log="$(mktemp)"
  timeout --kill-after=20 1200 "$exe" -noLogo -noColor > "$log" 2>&1
  code=$?
  summary="$(grep -E 'Total: *[0-9]+' "$log" | tail -n 1)"
  number() { echo "$summary" | grep -oE "$1: *[0-9]+" | grep -oE '[0-9]+' || echo 0; }
  total=$(number Total); bad=$(( $(number Failed) + $(number Errors) )); left=$(number Skipped)
  if [ -z "$summary" ]; then
    echo "$name ended without a summary (exit code $code):"; tail -n 40 "$log"; bad=1; total=1; left=0
  elif [ "$code" -ne 0 ] && [ "$bad" -eq 0 ]; then
    echo "$name ended with exit code $code:"; tail -n 40 "$log"; bad=1; total=$((total + 1))
  elif [ "$bad" -gt 0 ] || [ "$left" -gt 0 ]; then
    grep -vE '^ *(Discover|Starting|Finished|Ok, passed)' "$log"
  fi
  rm -f "$log"
  good=$((total - bad - left)); [ "$good" -lt 0 ] && good=0
  echo "$name: $good passed, $bad failed, $left skipped"
  passed=$((passed + good)); failed=$((failed + bad)); skipped=$((skipped + left))
done
[ "$((passed + failed))" -gt 0 ] || { echo "No test ran."; failed=1; }
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
