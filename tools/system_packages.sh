#!/usr/bin/env bash
# Installs the system packages that the tests use and the server does not: Chromium, which drives the map page.
# Where this user may not install, it says what to install; the browser tests then fail and say the same.
set -euo pipefail

command -v chromium >/dev/null && exit 0

if ! command -v apt-get >/dev/null; then
    echo "system packages: no apt-get here; install Chromium yourself for the browser tests" >&2
    exit 0
fi
if [ "$(id -u)" = 0 ]; then
    as_root=()
elif sudo -n true 2>/dev/null; then
    as_root=(sudo -n)
else
    echo "system packages: not allowed to install; ask for 'apt-get install chromium' for the browser tests" >&2
    exit 0
fi
echo "system packages: installing chromium"
"${as_root[@]}" apt-get update -qq
DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install -y -qq --no-install-recommends chromium >/dev/null
