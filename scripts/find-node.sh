#!/bin/sh
# Prints the path of a Node of at least 24: the one npm brought, else the one on PATH.
root=$(cd "$(dirname "$0")/.." && pwd)
is24='process.exit(Number(process.versions.node.split(".")[0]) >= 24 ? 0 : 1)'
for node in "$root/node_modules/.bin/node" "$(command -v node)"; do
  if [ -x "$node" ] && "$node" -e "$is24" 2>/dev/null; then
    echo "$node"
    exit 0
  fi
done
echo 'Reeve needs Node 24. Run "npm install" in '"$root"' to bring it, or install Node 24.' >&2
exit 3
