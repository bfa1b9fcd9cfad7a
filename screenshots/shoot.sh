#!/usr/bin/env bash
# Take the pictures of the README: the real program in a real terminal (xterm on a virtual display).
#   screenshots/shoot.sh [PROGRAM]      default build/heddle-preflight
# Needs (Debian): xvfb xterm xdotool imagemagick fonts-dejavu-core
set -euo pipefail
cd "$(dirname "$0")/.."
program=$(realpath "${1:-build/heddle-preflight}")
out=$PWD/screenshots
work=$(mktemp -d)
pids=()
cleanup() {
    for pid in "${pids[@]}"; do kill "$pid" 2> /dev/null || true; done
    wait 2> /dev/null || true
    rm -rf "$work"
}
trap cleanup EXIT

for tool in Xvfb xterm xdotool import; do
    command -v "$tool" > /dev/null || { echo "shoot.sh: $tool is missing" >&2; exit 1; }
done
Xvfb -displayfd 3 -screen 0 2200x1300x24 3> "$work/display" 2> /dev/null &
pids+=($!)
for _ in $(seq 100); do [ -s "$work/display" ] && break; sleep 0.05; done
DISPLAY=:$(cat "$work/display")
export DISPLAY HOME=$work XDG_STATE_HOME=$work OLLAMA_URL=http://localhost:11434 LANG=C.UTF-8

# shot NAME GEOMETRY ARGUMENTS -- KEYS…: start, type (a word that xdotool knows each), take a picture.
shot() {
    local name=$1 geometry=$2 window
    shift 2
    local args=()
    while [ "$1" != -- ]; do args+=("$1"); shift; done
    shift
    xterm -xrm 'XTerm*allowSendEvents: true' -geometry "$geometry" -fa 'DejaVu Sans Mono' -fs 11 -bg black -fg gray85 -b 8 +sb \
        -title "$name" -e "$program" "${args[@]}" &
    local pid=$!
    pids+=("$pid")
    for _ in $(seq 100); do
        window=$(xdotool search --name "^$name\$" 2> /dev/null | head -n 1) && [ -n "$window" ] && break
        sleep 0.05
    done
    sleep 2.5
    for key in "$@"; do
        case $key in
            type:*) xdotool type --window "$window" --delay 20 "${key#type:}" 2> /dev/null ;;
            wait:*) sleep "${key#wait:}" ;;
            *) xdotool key --window "$window" "$key" 2> /dev/null ;;
        esac
        sleep 0.3
    done
    sleep 1
    timeout 10 import -window "$window" "$out/$name.png"
    kill "$pid" 2> /dev/null || true
    wait "$pid" 2> /dev/null || true
    echo "screenshots/$name.png"
}

shot dashboard 120x35 --demo -- s s s s wait:0.5
shot small 80x24 --demo -- s s
shot narrow 40x12 --demo -- s
shot details 100x30 --demo -- slash type:broken Return Return
shot new-url 100x30 --demo -- u ctrl+a ctrl+k type:nats://op:secret@127.0.0.1:1 Return
shot findings 100x30 --demo -- shift+f
shot bus 120x35 --demo -- s s Tab Tab Right Right wait:0.5 s s wait:1
shot ladder 100x30 --nats-url nats://127.0.0.1:1 -- shift+l
