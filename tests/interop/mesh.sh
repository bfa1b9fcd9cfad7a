#!/usr/bin/env bash
# The program against a real Heddle mesh: router and processors of heddle-ai 0.9.2 on a real
# nats-server, started by their own commands; then each of them taken away.
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
build=$(realpath "${top_builddir:-.}")
program=${PROGRAM:?PROGRAM is not set}
work=$(mktemp -d)
passed=0 failed=0
declare -A pids=()

cleanup() {
    for pid in "${pids[@]}"; do kill -KILL "$pid" 2> /dev/null; done
    wait 2> /dev/null
    rm -rf "$work"
}
trap cleanup EXIT

if ! sh "$here/heddle_venv.sh" "$build/heddle-venv" 2> "$work/why"; then
    echo "SKIP: Heddle cannot be installed: $(tail -n 1 "$work/why")"
    [ "${CI:-}" = true ] && exit 1
    exit 77
fi
heddle=$build/heddle-venv/venv/bin/heddle
export HOME=$work LANG=C.UTF-8 PYTHONPATH=$here PYTHONDONTWRITEBYTECODE=1 PATH=$PATH:/usr/sbin
export OLLAMA_URL=http://localhost:11434
unset NATS_URL HEDDLE_CONFIGS LM_STUDIO_URL ANTHROPIC_API_KEY
cd "$work" || exit 1
mkdir -p configs/workers

cat > configs/router_rules.yaml << 'EOF'
tier_overrides: {}
rate_limits:
  local: {max_concurrent: 100, tokens_per_minute: 100000}
EOF
cat > configs/workers/echo.yaml << 'EOF'
name: echo
description: gives its payload back
worker_kind: processor
processing_backend: echo_backend.EchoBackend
default_model_tier: local
input_schema: {type: object}
output_schema: {type: object}
EOF
sed 's/name: echo/name: burn/; s/EchoBackend/FailingBackend/' configs/workers/echo.yaml \
    > configs/workers/burn.yaml
printf 'tier_overrides: {echo: standard}\n' > override.yaml
printf 'rate_limits:\n  local: {max_concurrent: 1}\n' > limit.yaml

check() { # NAME COMMAND…
    local name=$1
    shift
    if "$@" > why 2>&1; then
        passed=$((passed + 1))
        echo "ok   $name"
    else
        failed=$((failed + 1))
        echo "FAIL $name"
        cat why
        head -c 6000 out.json
    fi
}

start() { # NAME COMMAND…: in the background, its log in NAME.log
    local name=$1
    shift
    setsid "$@" > "$name.log" 2>&1 < /dev/null &
    pids[$name]=$!
}

stop() { # NAME
    kill -KILL "${pids[$1]}" 2> /dev/null
    wait "${pids[$1]}" 2> /dev/null
    unset "pids[$1]"
}

report() { timeout 40 "$program" --nats-url "$url" --output json "$@" > out.json 2> err; }
says() { # EXPRESSION over d, the report; a is its actors by name
    python3 -c '
import json, sys
d = json.load(open("out.json"))
a = {x["name"]: x for x in d["actors"]}
sys.exit(not eval(sys.argv[1]))' "$1"
}
live() { # NAME…: wait until these are subscribed, at most 20 s
    for _ in $(seq 40); do
        report configs
        says "all(a[n]['checks']['live']['state'] == 'ok' for n in '$*'.split())" && return 0
        sleep 0.5
    done
    return 1
}
smoke() { report --smoke --smoke-timeout 3 "$@" configs; }

start server nats-server -a 127.0.0.1 -p -1 --ports_file_dir "$work"
for _ in $(seq 200); do compgen -G "*.ports" > /dev/null && break; sleep 0.02; done
sleep 0.1
url=$(grep -ohE 'nats://127.0.0.1:[0-9]+' ./*.ports | head -n 1)

smoke
check "nobody runs: no router" says "d['smoke']['verdict'] == 'no_router'"
check "nobody runs: their panels say so" says "a['echo']['checks']['live']['cause'] == 'not_running'"

start router "$heddle" router --config configs/router_rules.yaml --nats-url "$url"
start echo "$heddle" processor --config configs/workers/echo.yaml --nats-url "$url"
start burn "$heddle" processor --config configs/workers/burn.yaml --nats-url "$url"
check "real router and processors are seen subscribed" live router_rules echo burn
check "one replica each" says "a['echo']['checks']['live']['replicas'] == 1"

smoke
check "smoke through the real mesh completes" says "d['smoke']['verdict'] == 'completed'"
check "its three hops are timed" says "all(h['state'] == 'ok' and h['ms'] > 0 for h in d['smoke']['hops'])"
smoke --smoke-mode direct
check "a direct smoke completes" says "d['smoke']['verdict'] == 'completed'"
smoke --worker-type burn
check "a failing backend gives its error" \
    says "d['smoke']['verdict'] == 'failed' and 'backend on fire' in d['smoke']['text']"
smoke --smoke-mode goal
check "a goal without pipeline is told" says "d['smoke']['verdict'] == 'no_worker'"

# What our report says of a check must stand in what Heddle itself printed at its start.
heddle_printed() { # LOG ACTOR CHECK [cut the bracket]
    local text
    text=$(python3 -c '
import json, sys
d = json.load(open("out.json"))
text = {x["name"]: x for x in d["actors"]}[sys.argv[1]]["checks"][sys.argv[2]]["text"]
print(text.split(" (")[0] if len(sys.argv) > 3 else text)' "${@:2}")
    if [ -z "$text" ] || ! grep -qF -- "$text" "$1"; then
        echo "not in $1: $text"
        cat "$1"
        return 1
    fi
}
check "Heddle's own start printed our NATS sentence" heddle_printed echo.log echo nats
stop burn
start burn env -u OLLAMA_URL "$heddle" processor --config configs/workers/burn.yaml --nats-url "$url"
check "without its variable it comes up too" live burn
(unset OLLAMA_URL; report configs)
check "Heddle's own start printed our env warning" heddle_printed burn.log burn env
printf 'name: bad\nworker_kind: processor\nx: [\n' > configs/workers/bad.yaml
timeout 20 "$heddle" processor --config configs/workers/bad.yaml --nats-url "$url" > bad.log 2>&1
report configs
check "Heddle's own start printed our config sentence" heddle_printed bad.log bad config cut
rm configs/workers/bad.yaml

stop echo
smoke
check "without its worker the silent hop is named" \
    says "d['smoke']['verdict'] in ('no_worker', 'worker_silent') and 'heddle.tasks.echo.local' in d['smoke']['text']"
check "the routed hop was seen" says "d['smoke']['hops'][1]['state'] == 'ok'"

start wrong "$heddle" worker --config configs/workers/echo.yaml --nats-url "$url" --tier local --skip-preflight
for _ in $(seq 40); do
    smoke
    says "d['smoke']['verdict'] == 'failed'" && break
    sleep 0.5
done
check "a processor started as worker is explained" \
    says "d['smoke']['verdict'] == 'failed' and 'heddle worker' in d['smoke']['text']"
check "its queue group gives it away" says "a['echo']['checks']['live']['state'] == 'warn'"
start echo "$heddle" processor --config configs/workers/echo.yaml --nats-url "$url"
check "the right one comes back" live echo
smoke
check "worker and processor at once answer twice" says "d['smoke']['verdict'] == 'duplicate'"
stop wrong

stop router
start override "$heddle" router --config override.yaml --nats-url "$url"
check "another router comes up" live router_rules
smoke
check "a router that moves the task to another tier is told" \
    says "'standard' in d['smoke']['hops'][1]['text'] and d['smoke']['verdict'] in ('no_worker', 'worker_silent')"
stop override
start limit "$heddle" router --config limit.yaml --nats-url "$url"
check "a limiting router comes up" live router_rules
smoke
smoke
check "an exhausted limiter shows its dead letter" \
    says "d['smoke']['verdict'] == 'dead_lettered' and 'rate_limited' in d['smoke']['text']"
stop limit
smoke
check "router gone: told by the server" says "d['smoke']['verdict'] == 'no_router'"

printf '%d passed, %d failed\n' "$passed" "$failed"
[ "$failed" = 0 ]
