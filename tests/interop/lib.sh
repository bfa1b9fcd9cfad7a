# shellcheck shell=bash
# What the scripts of this folder share: a folder of their own, the real Heddle, real servers, and
# our report looked at with small Python expressions. To be sourced; ends the script with status 77
# when Heddle cannot be had (under $CI: 1).
#
#     . "$(dirname "$0")/lib.sh"
#     mesh_begin            # or: mesh_begin mcp, for a Heddle that can start its MCP gateway
#     server_begin          # $url is then that of a nats-server
#     start echo "$heddle" processor …
#     check "sentence" command…
#     mesh_end
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
build=$(realpath "${top_builddir:-.}")
program=${PROGRAM:?PROGRAM is not set}
holder='' watcher='' # processes that are no part of the mesh
server=nats-server # the binary that server_begin starts
passed=0 failed=0
prefix= # of each check's name: which server it is about
declare -A pids=()

mesh_cleanup() {
    for pid in "${pids[@]}"; do kill -KILL -- "-$pid" "$pid" 2> /dev/null; done
    kill ${holder:+"$holder"} ${watcher:+"$watcher"} 2> /dev/null
    wait 2> /dev/null
    rm -rf "$work"
}

mesh_begin() { # [EXTRA]: of heddle-ai, to be installed too
    local venv=$build/heddle-${1:+$1-}venv
    work=$(mktemp -d)
    trap mesh_cleanup EXIT
    if ! sh "$here/heddle_venv.sh" "$venv" ${1+"$1"} 2> "$work/why"; then
        echo "SKIP: Heddle cannot be installed: $(tail -n 1 "$work/why")"
        [ "${CI:-}" = true ] && exit 1
        exit 77
    fi
    heddle=$venv/venv/bin/heddle python=$venv/venv/bin/python
    export HOME=$work LANG=C.UTF-8 PYTHONPATH=$here PYTHONDONTWRITEBYTECODE=1
    export PATH=$PATH:/usr/sbin OLLAMA_URL=http://localhost:11434
    unset NATS_URL HEDDLE_CONFIGS LM_STUDIO_URL ANTHROPIC_API_KEY HEDDLE_LOCAL_BACKEND
    cd "$work" || exit 1
    hold_ports
}

mesh_end() {
    printf '%d passed, %d failed\n' "$passed" "$failed"
    [ "$failed" = 0 ]
}

check() { # NAME COMMAND…
    local name=$prefix$1
    shift
    if "$@" > why 2>&1; then
        passed=$((passed + 1))
        echo "ok   $name"
    else
        failed=$((failed + 1))
        echo "FAIL $name"
        cat why
        brief
    fi
}

brief() { # what the last report says
    [ ! -s out.json ] || python3 -c '
import json
d = json.load(open("out.json"))
print("     ", d["url"], d["link"]["state"], "-", d["summary"])
for x in d["actors"]:
    print("     ", x["kind"], x["name"], x["tier"], x["origin"], "-", x["checks"]["live"]["text"])
print("     ", "smoke:", d["smoke"] and (d["smoke"]["verdict"], d["smoke"]["text"]))
for x in d["findings"]:
    print("     ", x)'
}

start() { # NAME COMMAND…: in the background, its log in NAME.log
    local name=$1
    shift
    : > "$name.log" # before it runs: nobody may take an earlier one's lines for its own
    setsid "$@" >> "$name.log" 2>&1 < /dev/null &
    pids[$name]=$!
}

stop() { # NAME…
    local name
    for name; do
        kill -KILL "${pids[$name]}" 2> /dev/null
        wait "${pids[$name]}" 2> /dev/null
        unset "pids[$name]"
    done
}

running() { kill -0 "${pids[$1]}" 2> /dev/null; } # NAME
gone() { ! running "$1"; }

until_true() { # SECONDS COMMAND…: try it until it holds
    local end=$((SECONDS + $1))
    shift
    until "$@"; do
        [ $SECONDS -lt $end ] || return 1
        sleep 0.05
    done
}

# A server called NAME (default: server) with these arguments; on its old port if it had one.
server_begin() { # [NAME [ARGUMENT…]]
    local name=${1:-server} ports
    ports=$work/ports.$name
    rm -rf "$ports"
    mkdir "$ports"
    start "$name" "$server" -a 127.0.0.1 -p "$(cat "port.$name" 2> /dev/null || free_port)" \
        --ports_file_dir "$ports" "${@:2}"
    until_true 30 grep -rqs '"nats"' "$ports" || return 1
    url=$(grep -ohE 'nats://127.0.0.1:[0-9]+' "$ports"/*.ports | head -n 1)
    echo "${url##*:}" > "port.$name"
}

# The whole of a test, on Debian's nats-server and on a current one.
on_each_server() { # COMMAND…
    for server in nats-server "${NATS_SERVER_NEW:-}"; do
        if [ -z "$server" ]; then
            echo "SKIP: no current nats-server"
            [ "${CI:-}" != true ] || failed=$((failed + 1))
            continue
        fi
        prefix="$("$server" --version | grep -oE '[0-9.]+$'): "
        rm -f port.*
        "$@" || check "the test runs to its end" false
    done
}

# Ports that the kernel gives to nobody else while this script runs, not even when a server is gone
# that comes back: a socket of our own holds each, and a server may listen beside it.
hold_ports() {
    python3 -c '
import os, socket, time
parent, held = os.getppid(), []
for _ in range(100):
    s = socket.socket()
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    s.bind(("127.0.0.1", 0))
    held.append(s)
print(*(s.getsockname()[1] for s in held), sep="\n", flush=True)
while os.getppid() == parent:
    time.sleep(1)' > held &
    holder=$!
    until_true 30 test -s held
}
free_port() { # one of them that was not given before
    head -n 1 held
    sed -i 1d held
}

report() { timeout 40 "$program" --nats-url "$url" --output json "$@" > out.json 2> err; }
says() { # EXPRESSION over d, the report; a is its actors by name
    python3 -c '
import json, sys
d = json.load(open("out.json"))
a = {x["name"]: x for x in d["actors"]}
sys.exit(not eval(sys.argv[1]))' "$1"
}
reports() { # EXPRESSION, of a new report
    report configs
    says "$1"
}
live() { # NAME…: wait until these are subscribed
    until_true 60 reports "all(a[n]['checks']['live']['state'] == 'ok' for n in '$*'.split())"
}
smoke() { report --smoke --smoke-timeout 3 "$@" configs; }

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

bus() { "$python" "$here/bus.py" "$url" "$@"; } # VERB …, see bus.py

logged() { # WORD NAME…: it stands in the log of each
    local word=$1 name
    shift
    for name; do grep -q "$word" "$name.log" || return 1; done
}

play() { # NAME URL SUBJECT[:QUEUE]…: a client that subscribes as an actor would
    start "$1" "$python" "$here/bus.py" "$2" play "${@:3}"
    until_true 30 grep -qs ready "$1.log"
}

# One config of each kind, as small as Heddle takes it; a gateway's names its server, so it is
# made anew for each.
mesh_configs() {
    mkdir -p configs/workers configs/orchestrators configs/schedulers configs/mcp
    cat > configs/router_rules.yaml << 'YAML'
tier_overrides: {}
rate_limits:
  local: {max_concurrent: 100, tokens_per_minute: 100000}
YAML
    cat > configs/workers/echo.yaml << 'YAML'
name: echo
description: gives its payload back
worker_kind: processor
processing_backend: echo_backend.EchoBackend
default_model_tier: local
input_schema: {type: object}
output_schema: {type: object}
YAML
    sed 's/name: echo/name: burn/; s/EchoBackend/FailingBackend/' configs/workers/echo.yaml \
        > configs/workers/burn.yaml
    cat > configs/workers/summarizer.yaml << 'YAML'
name: summarizer
description: would ask a model
worker_kind: llm
system_prompt: Say less.
default_model_tier: standard
input_schema: {type: object}
output_schema: {type: object}
YAML
    cat > configs/orchestrators/ingest.yaml << 'YAML'
name: ingest
pipeline_stages:
  - {name: only, worker_type: echo, tier: local, input_mapping: {text: goal.instruction}}
YAML
    cat > configs/orchestrators/planner.yaml << 'YAML'
name: planner
system_prompt: Make a plan.
max_concurrent_goals: 1
available_workers:
  - {name: echo, description: gives its payload back}
YAML
    cat > configs/schedulers/nightly.yaml << 'YAML'
name: nightly
schedules:
  - name: far off
    interval_seconds: 86400
    dispatch_type: goal
    goal: {instruction: nothing}
YAML
    cat > configs/mcp/gateway.yaml << YAML
name: gateway
description: one tool
nats_url: ${url:-nats://127.0.0.1:1}
tools:
  workers:
    - {config: configs/workers/echo.yaml, tier: local}
YAML
}

# All seven kinds, each by its own command; the gateway lives as long as its standard input.
start_all() {
    start router_rules "$heddle" router --config configs/router_rules.yaml --nats-url "$url"
    start echo "$heddle" processor --config configs/workers/echo.yaml --nats-url "$url"
    start summarizer "$heddle" worker --config configs/workers/summarizer.yaml --nats-url "$url"
    start ingest "$heddle" pipeline --config configs/orchestrators/ingest.yaml --nats-url "$url"
    start planner "$python" "$here/orchestrator.py" \
        --config configs/orchestrators/planner.yaml --nats-url "$url"
    start nightly "$heddle" scheduler --config configs/schedulers/nightly.yaml --nats-url "$url"
    [ -p open ] || mkfifo open
    start gateway bash -c 'exec 0<> open; exec "$@"' - "$heddle" mcp --config configs/mcp/gateway.yaml
}

all_up() { # start_all, and wait for them
    start_all
    live router_rules echo summarizer ingest planner nightly &&
        until_true 60 logged mcp.gateway.connected gateway
}

# --- what the report concludes ---

found() { # ID [EXPRESSION over f, the finding]
    says "any(f['id'] == '$1' and f['text'] and f['evidence'] and (${2:-True}) for f in d['findings'])"
}
not_found() { # ID…: none of these is in the report
    says "not {f['id'] for f in d['findings']} & set('$*'.split())"
}
found_now() { # ID [EXPRESSION]: in a new report
    report configs
    found "$@"
}
finds() { until_true 10 found_now "$@"; } # … soon
# Watch in the background until `watched SECONDS` gives it so much more time, and takes its report.
watch_begin() {
    "$program" --nats-url "$url" --output json --wait 300 configs > watched.json 2> err < /dev/null &
    watcher=$!
    until_true 30 is_watching
}
watched() { # SECONDS: what the program needs to see what has happened by now
    sleep "$1"
    kill -TERM "$watcher"
    wait "$watcher"
    watcher=''
    cp watched.json out.json
}
is_watching() { # the watcher knows who is there, and hears what may be poison
    bus connz 'heddle.>' > watching &&
        grep -qE '"out_msgs":[1-9][^{}]*"name":"heddle-preflight' watching &&
        grep -qF '"heddle.tasks.*.*"' watching
}
actor() { # NAME COMMAND CONFIG [FLAG…]: start it
    start "$1" "$heddle" "$2" --config "$3" --nats-url "$url" "${@:4}"
}
basics() { # router and echo, up
    actor router_rules router configs/router_rules.yaml
    actor echo processor configs/workers/echo.yaml
    live router_rules echo
}

# Each section (a function) on a server and configs of its own; those in $wanted, or all.
sections() { # SECTION…
    local section
    for section; do
        [ -z "$wanted" ] || case " $wanted " in *" $section "*) ;; *) continue ;; esac
        server_begin || return 1
        rm -rf configs
        mesh_configs
        rm configs/workers/burn.yaml
        "$section"
        stop "${!pids[@]}"
        rm -f port.*
    done
}
