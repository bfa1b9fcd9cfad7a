#!/usr/bin/env bash
# README.md has the table of remedies that the program has. With --write it is written anew there:
# make readme-table.
set -uo pipefail
top=${top_srcdir:-$(dirname "$0")/../..}
printer=$(realpath "${top_builddir:-.}")/tests/docs/remedy_table
cd "$top" || exit 1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0 failed=0

check() { # NAME COMMAND…
    local name=$1
    shift
    if "$@" > "$work/why" 2>&1; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        printf 'not so: %s\n' "$name"
        cat "$work/why"
    fi
}

one_line() { [ "$(grep -cE "$1" README.md)" = 1 ]; }
rows() { [ "$(grep -c '^| `' "$work/table")" -ge 30 ]; }

# What is between the two marks is replaced; the marks stay.
"$printer" > "$work/table" || exit 1
sed -e '/^<!-- remedies:/,/^<!-- end of remedies/{/^<!-- /!d}' \
    -e "/^<!-- remedies:/r $work/table" README.md > "$work/README.md"

check "README.md has one begin mark" one_line '^<!-- remedies:'
check "README.md has one end mark" one_line '^<!-- end of remedies'
check "the table has its rows" rows
if [ "${1:-}" = --write ]; then
    [ "$failed" = 0 ] && cat "$work/README.md" > README.md
    exit
fi
check "README.md's table is that of the program (make readme-table)" \
    diff README.md "$work/README.md"
printf '%d passed, %d failed\n' "$passed" "$failed"
[ "$failed" = 0 ]
