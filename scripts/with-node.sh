#!/bin/sh
# Installs what is missing, then runs a TypeScript file of this repository on Node 24:
#   sh scripts/with-node.sh scripts/start.ts [ARG ...]
set -e
cd "$(dirname "$0")/.."
if ! cmp -s package-lock.json node_modules/.installed-lock 2>/dev/null; then
  echo 'Installing dependencies (once) ...' >&2
  npm ci --no-audit --no-fund --loglevel=error >&2
  cp package-lock.json node_modules/.installed-lock
fi
node=$(sh scripts/find-node.sh)
PATH="$PWD/node_modules/.bin:$PATH" exec "$node" "$@"
