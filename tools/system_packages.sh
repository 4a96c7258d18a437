#!/usr/bin/env bash
# system_packages.sh [PACKAGE[:COMMAND | :/FILE] ...]
#
# Installs the system packages whose commands, or files, are missing: those named, else those that the tests use and the server does
# not: Chromium, in which the web client is tested, and valgrind, which counts instructions for the budgets. Where this user may
# not install, it says what to install; what needs it then fails, and says the same.
set -euo pipefail

[ "$#" -gt 0 ] || set -- chromium valgrind
missing=()
for entry in "$@"; do
    wanted="${entry#*:}"
    { command -v "$wanted" >/dev/null || [[ "$wanted" = /* && -e "$wanted" ]]; } || missing+=("${entry%%:*}")
done
[ "${#missing[@]}" = 0 ] && exit 0

if ! command -v apt-get >/dev/null; then
    echo "system packages: no apt-get here; install ${missing[*]} yourself" >&2
    exit 0
fi
if [ "$(id -u)" = 0 ]; then
    as_root=()
elif sudo -n true 2>/dev/null; then
    as_root=(sudo -n)
else
    echo "system packages: not allowed to install; ask for 'apt-get install ${missing[*]}'" >&2
    exit 0
fi
echo "system packages: installing ${missing[*]}"
"${as_root[@]}" apt-get update -qq
DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
