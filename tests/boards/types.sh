#!/usr/bin/env bash
# Checks every board against Grafana's own types (@grafana/schema) with tsc. A step of its own: needs npm's registry once.
set -eu
cd "$(dirname "$0")"
[ -d node_modules/@grafana/schema ] || npm install --legacy-peer-deps --no-audit --no-fund --silent
mkdir -p node_modules/.boards
out=node_modules/.boards/types.ts
{
  echo 'import type { Dashboard, Panel } from "@grafana/schema";'
  n=0
  for board in ../../dashboards/boards/*/*.json; do
    n=$((n + 1))
    echo "// $board"
    echo "const { panels: panels$n, ...board$n } = $(cat "$board") as const;"
    echo "board$n satisfies DeepReadonly<Partial<Omit<Dashboard, \"panels\" | \"annotations\">>> & { annotations: unknown };"
    echo "panels$n satisfies DeepReadonly<(Partial<Panel> & { type: string })[]>;"
  done
  echo '// Enums as the words a file holds.'
  echo 'type DeepReadonly<T> = T extends string ? `${T}` : T extends (infer U)[] ? readonly DeepReadonly<U>[] : T extends object ? { readonly [K in keyof T]: DeepReadonly<T[K]> } : T;'
} > "$out"
npx tsc --noEmit --strict --skipLibCheck --module esnext --moduleResolution bundler --target es2022 "$out"
echo "$(ls ../../dashboards/boards/*/*.json | wc -l) boards fit @grafana/schema $(node -p 'require("@grafana/schema/package.json").version')"
