#!/bin/sh
# Make a Python virtual environment with the Heddle that the differential tests compare with.
#
#     heddle_venv.sh DIR [EXTRA]
#
# DIR/venv/bin/python then has it, and what its extra "mcp" needs if that is asked for. Does nothing
# when it is there already; two at once wait for each other. Where packages come from is pip's own
# configuration. Progress goes to stderr.
set -eu

# What config verdicts and connections depend on is pinned beside Heddle: PyYAML 6.0.4 merges lists
# in another order than 6.0.3, and our config check follows 6.0.3.
version="heddle-ai${2:+[$2]}==0.9.2 pyyaml==6.0.3 nats-py==2.16.0"

if [ $# -lt 1 ] || [ $# -gt 2 ]; then
    echo "usage: $0 DIR [EXTRA]" >&2
    exit 2
fi
[ "${2:-}" != mcp ] || version="$version fastmcp==4.2.3"
mkdir -p "$1"
dir=$(cd "$1" && pwd)

ready() {
    [ -x "$dir/venv/bin/python" ] && [ "$(cat "$dir/venv/.heddle" 2>/dev/null)" = "$version" ]
}

ready && exit 0
exec 9>"$dir/venv.lock"
flock 9
ready && exit 0
echo "making a Python environment with $version in $dir/venv ..." >&2
rm -rf "$dir/venv"
python3 -m venv "$dir/venv" >&2
# shellcheck disable=SC2086 # a list of packages
"$dir/venv/bin/python" -m pip install --quiet --disable-pip-version-check $version >&2
echo "$version" >"$dir/venv/.heddle"
echo "done" >&2
