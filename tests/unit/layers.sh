#!/usr/bin/env bash
# Each folder includes only those to its left: base <- heddle, nats <- mesh <- ui <- main. Libraries
# likewise: only one file knows nats.h in src/nats, and nothing but ui/ knows curses or readline.
set -uo pipefail
cd "${top_srcdir:-$(dirname "$0")/../..}" || exit 1
passed=0 failed=0

# allow FOLDER "PREFIX…": every #include "…" of its files begins with one of the prefixes.
allow() {
    local folder=$1 prefixes=$2 bad
    bad=$(grep -nE '^#include "' "$folder"/*.[ch] |
        grep -vE "#include \"(${prefixes// /|})/" | grep -v ':#include "config.h"')
    verdict "$folder includes only: $prefixes" "$bad"
}

# only FILES "HEADER": the header is included by no other file.
only() {
    local pattern=$1 header=$2 bad
    bad=$(grep -rnE "^#include <$header>" src ui --include='*.[ch]' | grep -vE "^($pattern):")
    verdict "$header is included only by $pattern" "$bad"
}

verdict() {
    if [ -z "$2" ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        printf 'not so: %s\n%s\n' "$1" "$2"
    fi
}

allow src/base "base"
allow src/heddle "base heddle"
allow src/nats "base nats"
allow src/mesh "base heddle nats mesh"
allow src/demo "base heddle nats demo"
allow ui "base heddle nats mesh ui src"
only 'src/nats/wire(_login|_parts|_words)?\.[ch]|src/demo/[a-z_]+\.c' 'nats/nats\.h'
only 'src/nats/(http|monitor)\.c' 'curl/curl\.h'
only 'ui/term(_found)?\.c' 'curses\.h'
only 'ui/line_(editor|kill)\.c' 'readline/readline\.h'
only 'src/heddle/[a-z_]+\.[ch]' 'yaml\.h'
only 'src/nats/ladder_[a-z_]+\.[ch]' 'openssl/ssl\.h'
printf '%d passed, %d failed\n' "$passed" "$failed"
[ "$failed" = 0 ]
