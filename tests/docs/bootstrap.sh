#!/usr/bin/env bash
# ./bootstrap, with stand-ins for the programs that it calls: what it does first, what it leaves out
# the second time, and what it says on a system that is not Debian.
# shellcheck disable=SC2016 # the stand-ins expand it
set -uo pipefail
top=$(cd "${top_srcdir:-$(dirname "$0")/../..}" && pwd) || exit 1
bash=$(command -v bash)
passed=0 failed=0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

ok() { # NAME COMMAND…
    local name=$1
    shift
    if "$@"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAIL $name: $*"
        cat "$work/said" "$work/calls"
    fi
}

stub() { # NAME SHELL-LINES: a program that says that it was called
    printf '#!%s\necho "%s $*" >> "%s/calls"\n%s\n' "$bash" "$1" "$work" "$2" > "$work/bin/$1"
    chmod +x "$work/bin/$1"
}

boot() { # ARGUMENTS…: with nothing but the stand-ins, in a fresh folder of calls
    : > "$work/calls"
    (cd "$work/tree" && PATH=$work/bin BUILD=out "$bash" ./bootstrap "$@") > "$work/said" 2>&1 \
        < /dev/null
    status=$?
}

called() { grep -q "^$1" "$work/calls"; }
not_called() { ! called "$1"; }
says() { grep -qF -- "$1" "$work/said"; }
silent_about() { ! says "$1"; }

mkdir "$work/bin" "$work/tree" "$work/tree/tests"
cp "$top/bootstrap" "$top/configure.ac" "$top/Makefile.am" "$work/tree/"
for tool in dirname grep sed mkdir touch cat chmod; do
    ln -s "$(command -v "$tool")" "$work/bin/$tool"
done
stub nproc 'echo 2'
stub id 'echo 0'
stub env 'shift; "$@"'

boot
ok "without a command it says what there is" says "./bootstrap demo"
ok "without a command it fails" test "$status" = 1

boot build
ok "elsewhere it installs nothing" not_called apt-get
ok "elsewhere it says what is missing" says "the program autoreconf"
ok "elsewhere a missing program is a failure" test "$status" = 1
for tool in cc make autoreconf automake pkg-config nats-server; do stub "$tool" ''; done
stub pkg-config 'case $2 in check|vterm|libcurl) exit 1 ;; esac'
boot build
ok "elsewhere a missing library is named" says "the library libcurl with its headers"
ok "a build does not ask for what only tests need" silent_about "vterm"
stub pkg-config 'case $2 in check|vterm) exit 1 ;; esac'
boot check
ok "tests ask for their libraries" says "the library vterm with its headers"
ok "tests ask for python3" says "the program python3"
stub python3 'exit 1'
boot check
ok "tests ask for venv" says "venv"

stub autoreconf 'touch Makefile.in; printf "#!%s\ntouch Makefile\n" "$BASH" > configure; chmod +x configure'
boot build
ok "it makes configure" called autoreconf
ok "it builds" called "make -C out"
ok "it ends well" test "$status" = 0
boot build
ok "a second time it makes no configure" not_called autoreconf
ok "a second time it does not configure" silent_about "configuring"
ok "a second time it builds what changed" called "make -C out"
touch -d '+1 minute' "$work/tree/configure.ac"
boot build
ok "a changed configure.ac is taken up" called autoreconf
stub autoreconf 'echo "no such macro"; exit 1'
touch -d '+2 minutes' "$work/tree/configure.ac"
boot build
ok "why autoreconf failed is said" says "no such macro"
ok "then nothing is built" not_called make

touch -d '+3 minutes' "$work/tree/configure" "$work/tree/Makefile.in" "$work/tree/out/Makefile"
stub apt-get ''
stub dpkg-query '[ "${!#}" != nats-server ] && echo "ii "'
boot demo
ok "on Debian what is missing is installed" called "apt-get install .* nats-server"
ok "and nothing else" not_called "apt-get install .*gcc"
stub dpkg-query 'echo "ii "'
boot build
ok "where all is there, nothing is" not_called apt-get

printf '%d passed, %d failed\n' "$passed" "$failed"
[ "$failed" = 0 ]
