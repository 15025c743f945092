#!/usr/bin/env bash
# Draws every board with Grafana's own components in Chromium, on the data of a running InfluxDB, into PNGs. A step of its own: 700 MB of npm packages.
# Usage: tests/boards/render.sh INFLUX_URL [OUTPUT_FOLDER] [HOURS]      (output: dashboards/pictures)
set -eu
here="$(cd "$(dirname "$0")" && pwd)"
influx="${1:?name the database: http://127.0.0.1:8086}"
output="$(mkdir -p "${2:-$here/../../dashboards/pictures}" && cd "${2:-$here/../../dashboards/pictures}" && pwd)"
cd "$here"
[ -d node_modules/@grafana/ui ] || npm install --legacy-peer-deps --no-audit --no-fund --silent
npx esbuild page.tsx --alias:@grafana/ui=./node_modules/@grafana/ui/dist/cjs/index.cjs --alias:@grafana/data=./node_modules/@grafana/data/dist/cjs/index.cjs --bundle --outfile=node_modules/.boards/page.js --format=iife --jsx=automatic --loader:.svg=dataurl --loader:.woff2=dataurl --loader:.png=dataurl --loader:.ttf=dataurl --loader:.woff=dataurl --define:process.env.NODE_ENV=\"production\" --define:global=window --loader:.css=text --log-level=error
node render.mjs "$influx" "$output" "${3:-24}"
