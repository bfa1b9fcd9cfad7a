#!/usr/bin/env bash
# Our config and environment checks against Heddle's own functions, over a corpus of files and all
# tiers. Heddle comes from PyPI into a virtual environment below the build folder.
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
build=$(realpath "${top_builddir:-.}")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

if ! sh "$here/heddle_venv.sh" "$build/heddle-venv" 2> "$work/why"; then
    echo "SKIP: Heddle cannot be installed: $(tail -n 1 "$work/why")"
    [ "${CI:-}" = true ] && exit 1
    exit 77
fi
python3 "$here/diff_check.py" "$build/heddle-venv/venv/bin/python" "$build/tests/interop/we_say" \
    "$work" > "$work/out" 2>&1
status=$?
cat "$work/out"
agree=$(sed -nE 's/^(config|env): ([0-9]+) (files|combinations) agree/\2/p' "$work/out" |
    awk '{ sum += $1 } END { print sum + 0 }')
differ=$(grep -c '^DIFFERENT' "$work/out")
[ $status = 0 ] || [ "$differ" -gt 0 ] || differ=1
printf '%d passed, %d failed\n' "$agree" "$differ"
exit $status
