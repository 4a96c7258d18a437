#!/usr/bin/env bash
# node.sh [--install]
#
# Prints the folder of a Node.js that can build the web client: the machine's own if it is new enough, else the one in
# .venv; nothing if there is none. With --install it then puts one into .venv, from the Python package that carries it.
set -euo pipefail
cd "$(dirname "$0")/.."

# Vite's own requirement.
least_major=20 least_minor=19

suits() {
    local version
    version=$("$1/node" --version 2>/dev/null) || return 1
    version=${version#v}
    local major=${version%%.*} rest=${version#*.}
    [ "$major" -gt "$least_major" ] || { [ "$major" = "$least_major" ] && [ "${rest%%.*}" -ge "$least_minor" ]; }
}

own=$(command -v node || true)
if [ -n "$own" ] && [ -x "$(dirname "$own")/npm" ] && suits "$(dirname "$own")"; then
    dirname "$own"
elif suits .venv/bin; then
    echo "$PWD/.venv/bin"
elif [ "${1:-}" = --install ]; then
    echo "Node.js: installing one into .venv" >&2
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps \
        -r requirements/node.txt >&2
    echo "$PWD/.venv/bin"
fi
