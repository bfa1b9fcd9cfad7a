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
    says "d['smoke']['verdict'] in ('no_worker', 'worker_silent') and 'heddle.tasks.echo.local' in d['smoke']['text']"
check "the routed hop was seen" says "d['smoke']['hops'][1]['state'] == 'ok'"
start echo "$heddle" processor --config configs/workers/echo.yaml --nats-url "$url" --tier standard
check "on another tier than its config says" \
    until_true 20 reports "a['echo']['checks']['live']['cause'] == 'other_tier' and 'standard' in a['echo']['checks']['live']['text']"
stop echo

start wrong "$heddle" worker --config configs/workers/echo.yaml --nats-url "$url" --tier local --skip-preflight
for _ in $(seq 40); do
    smoke
    says "d['smoke']['verdict'] == 'failed'" && break
    sleep 0.5
done
check "a processor started as worker is explained" \
    says "d['smoke']['verdict'] == 'failed' and 'heddle worker' in d['smoke']['text']"
check "its queue group gives it away" reports "a['echo']['checks']['live']['cause'] == 'wrong_command'"
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

mesh_end
