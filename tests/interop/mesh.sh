#!/usr/bin/env bash
# The program against a real Heddle mesh: router and processors of heddle-ai 0.9.2 on a real
# nats-server, started by their own commands; then each of them taken away.
set -uo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
mesh_begin
mesh_configs
printf 'tier_overrides: {echo: standard}\n' > override.yaml
printf 'rate_limits:\n  local: {max_concurrent: 1}\n' > limit.yaml

server_begin || exit 1

smoke
check "nobody runs: no router" says "d['smoke']['verdict'] == 'no_router'"
check "the server is who says so" says "d['smoke']['hops'][1]['source'] == 'server'"
check "nobody runs: their panels say so" says "a['echo']['checks']['live']['cause'] == 'not_running'"

start router "$heddle" router --config configs/router_rules.yaml --nats-url "$url"
start echo "$heddle" processor --config configs/workers/echo.yaml --nats-url "$url"
start burn "$heddle" processor --config configs/workers/burn.yaml --nats-url "$url"
check "real router and processors are seen subscribed" live router_rules echo burn
check "one replica each" says "a['echo']['checks']['live']['replicas'] == 1"

smoke
check "smoke through the real mesh completes" says "d['smoke']['verdict'] == 'completed'"
check "its three hops are timed" says "all(h['state'] == 'ok' and h['ms'] > 0 for h in d['smoke']['hops'])"
check "its three hops have their sources" says "[h['source'] for h in d['smoke']['hops']] == ['server', 'bus', 'bus']"
smoke --smoke-mode direct
check "a direct smoke completes" says "d['smoke']['verdict'] == 'completed'"
smoke --worker-type burn
check "a failing backend gives its error" \
    says "d['smoke']['verdict'] == 'failed' and 'backend on fire' in d['smoke']['text']"
smoke --smoke-mode goal
check "a goal without pipeline is told" says "d['smoke']['verdict'] == 'no_worker'"

check "Heddle's own start printed our NATS sentence" heddle_printed echo.log echo nats
stop burn
start burn env -u OLLAMA_URL "$heddle" processor --config configs/workers/burn.yaml --nats-url "$url"
check "without its variable it comes up too" live burn
(unset OLLAMA_URL; report configs)
check "Heddle's own start printed our env warning" heddle_printed burn.log burn env cut
printf 'name: bad\nworker_kind: processor\nx: [\n' > configs/workers/bad.yaml
timeout 20 "$heddle" processor --config configs/workers/bad.yaml --nats-url "$url" > bad.log 2>&1
report configs
check "Heddle's own start printed our config sentence" heddle_printed bad.log bad config cut
rm configs/workers/bad.yaml

stop echo
smoke
check "without its worker the silent hop is named" \
    says "d['smoke']['verdict'] == 'no_worker' and 'nobody listens on heddle.tasks.echo.local' in d['smoke']['text']"
check "the roster is who says so, before the deadline" \
    says "d['smoke']['hops'][2]['source'] == 'roster' and d['smoke']['hops'][2]['evidence'][0]['ms'] < 3000"
check "the routed hop was seen" says "d['smoke']['hops'][1]['state'] == 'ok'"
start echo "$heddle" processor --config configs/workers/echo.yaml --nats-url "$url" --tier standard
check "on another tier than its config says" \
    until_true 60 reports "a['echo']['checks']['live']['cause'] == 'other_tier' and 'standard' in a['echo']['checks']['live']['text']"
stop echo

start wrong "$heddle" worker --config configs/workers/echo.yaml --nats-url "$url" --tier local --skip-preflight
explained() { smoke; says "d['smoke']['verdict'] == 'failed' and 'heddle worker' in d['smoke']['text']"; }
check "a processor started as worker is explained" until_true 60 explained
check "its queue group gives it away" reports "a['echo']['checks']['live']['cause'] == 'wrong_command'"
start echo "$heddle" processor --config configs/workers/echo.yaml --nats-url "$url"
check "the right one comes back" live echo
# The report waits a tenth of a second for a second answer, an actor on a busy machine may take longer.
answered_twice() { smoke; says "d['smoke']['verdict'] == 'duplicate'"; }
check "worker and processor at once answer twice" until_true 30 answered_twice
check "and both are named" says "'a worker (1) and a processor group (1)' in d['smoke']['text']"
stop wrong

stop router
start override "$heddle" router --config override.yaml --nats-url "$url"
check "another router comes up" live router_rules
smoke
check "a router that moves the task to another tier is told" \
    says "'from tier local to tier standard' in d['smoke']['hops'][1]['text'] and d['smoke']['verdict'] == 'no_worker'"
check "and where it is served instead" says "'served on local (1)' in d['smoke']['text']"
stop override
start limit "$heddle" router --config limit.yaml --nats-url "$url"
check "a limiting router comes up" live router_rules
smoke
smoke
check "an exhausted limiter shows its dead letter" \
    says "d['smoke']['verdict'] == 'dead_lettered' and 'rate_limited' in d['smoke']['text']"
check "and says how the next token is reckoned, without the limiter's config" \
    says "'60/max_concurrent' in d['smoke']['text'] or 'the next token comes by' in d['smoke']['text']"
stop limit
smoke
check "router gone: told by the server" says "d['smoke']['verdict'] == 'no_router'"

# Who listens to all hides that from the server; the roster is asked, and does not wait for the
# deadline.
start monitor "$build/heddle-venv/venv/bin/python" -c '
import asyncio, sys, nats
async def main():
    nc = await nats.connect(sys.argv[1])
    await nc.subscribe("heddle.>")
    await nc.flush()
    print("listening", flush=True)
    await asyncio.sleep(600)
asyncio.run(main())' "$url"
until_true 30 logged listening monitor
report --smoke --smoke-timeout 10 configs
check "a wildcard hides a missing router from the server, not from the roster" \
    says "d['smoke']['verdict'] == 'no_router' and d['smoke']['hops'][1]['source'] == 'roster' and d['smoke']['hops'][1]['evidence'][0]['ms'] < 5000"
stop monitor

# A worker that has the task and says nothing is only stopped.
start router "$heddle" router --config configs/router_rules.yaml --nats-url "$url"
check "the router comes back" live router_rules
kill -STOP "${pids[echo]}"
smoke
check "a worker that hangs is told from none" \
    says "d['smoke']['verdict'] == 'worker_silent' and ('is stopped' in d['smoke']['text'] or '1 delivered' in d['smoke']['text'])"
kill -CONT "${pids[echo]}"

# A newer server traces the task to the connection that got it; all else is as before.
newer=$(bash "$here/../support/newer_server.sh" "$build")
if [ -n "$newer" ]; then
    stop router
    stop echo
    server=$newer
    server_begin newer || exit 1
    start router "$heddle" router --config configs/router_rules.yaml --nats-url "$url"
    start echo "$heddle" processor --config configs/workers/echo.yaml --nats-url "$url"
    check "on a newer server they come up" live router_rules echo
    smoke
    check "a traced smoke completes" says "d['smoke']['verdict'] == 'completed'"
    check "its trace names the router's connection" \
        says "any(e['source'] == 'trace' and 'queue group router' in e['text'] for e in d['smoke']['hops'][0]['evidence'])"
    smoke --smoke-mode direct
    check "a direct one the worker's" \
        says "d['smoke']['verdict'] == 'completed' and any(e['source'] == 'trace' and 'processors-echo' in e['text'] for e in d['smoke']['hops'][0]['evidence'])"
fi

mesh_end
