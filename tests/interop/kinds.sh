#!/usr/bin/env bash
# Heddle 0.9.2's seven kinds of actor, all up at once, each started by its own command, on Debian's
# nats-server and on a current one: what our report says of each must be what is true, and what
# Heddle itself printed. Then they are lost in the ways in which Heddle loses them.
# shellcheck disable=SC2086 # lists of names are words
set -uo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
mesh_begin mcp

listeners="router_rules echo summarizer ingest planner nightly" # the gateway subscribes nothing
reloading="echo summarizer ingest planner nightly"              # nor does a router hear of reloads

# All but these run, and these have ended.
only_gone() { # NAME…
    local name
    for name in $listeners gateway; do
        case " $* " in
        *" $name "*) gone "$name" || return 1 ;;
        *) running "$name" || return 1 ;;
        esac
    done
}
# These, and none else, are the ones that our report misses.
only_missed() { # NAME…
    until_true 10 reports "{n for n in '$listeners'.split() if a[n]['checks']['live']['cause'] == 'not_running'} == set('$*'.split())"
}
is_live() { # NAME KIND REPLICAS
    says "a['$1']['kind'] == '$2' and a['$1']['checks']['live']['state'] == 'ok' and a['$1']['checks']['live']['replicas'] == $3"
}
printed_no_env() { ! grep -q WARNING "$1.log" && says "a['$1']['checks']['env']['state'] == '$2'"; }

recognized() {
    local name
    check "all of them come up, and those that subscribe are seen" all_up
    check "the router" is_live router_rules router 1
    check "the processor" is_live echo processor 1
    check "the worker" is_live summarizer worker 1
    check "the pipeline" is_live ingest pipeline 1
    check "the orchestrator" is_live planner orchestrator 1
    check "the scheduler" is_live nightly scheduler 1
    check "the gateway is not said to be missing" \
        reports "a['gateway']['kind'] == 'mcp' and a['gateway']['checks']['live']['cause'] is None"
    for name in $listeners; do
        check "$name: Heddle's own start printed our NATS sentence" \
            heddle_printed "$name.log" "$name" nats
    done
    check "the worker's own start printed our env warning" \
        heddle_printed summarizer.log summarizer env cut
    check "the processor's printed none, and all is well" printed_no_env echo ok
    for name in router_rules ingest planner nightly; do
        check "$name's printed none, and none is needed" printed_no_env "$name" skipped
    done
}

# Without their configs they are seen all the same.
on_bus() { # KIND NAME TIER: a subscription tells no name of router, pipeline and orchestrator
    says "[(x['origin'], x['config'], x['tier'], x['checks']['live']['state']) for x in d['actors'] if (x['kind'], x['name']) == ('$1', '$2')] == [('bus', None, $3, 'ok')]"
}
strangers() {
    mkdir -p empty one
    report empty
    check "bus: there are as many as subscribe" says "len(d['actors']) == 6"
    check "bus: router" on_bus router router None
    check "bus: processor" on_bus processor echo "'local'"
    check "bus: worker" on_bus worker summarizer "'standard'"
    check "bus: pipeline" on_bus pipeline pipeline None
    check "bus: orchestrator" on_bus orchestrator orchestrator None
    check "bus: scheduler" on_bus scheduler nightly None
    cp configs/workers/echo.yaml configs/orchestrators/ingest.yaml one
    report one
    check "bus: configs claim their actors" \
        says "{x['name'] for x in d['actors'] if x['origin'] == 'config'} == {'echo', 'ingest'}"
    check "bus: and no one else's" \
        says "{x['kind'] for x in d['actors'] if x['origin'] == 'bus'} == {'router', 'worker', 'orchestrator', 'scheduler'}"
    report configs
    check "bus: with all configs nobody is a stranger" \
        says "all(x['origin'] == 'config' for x in d['actors'])"
}

shared() {
    start second "$heddle" router --config configs/router_rules.yaml --nats-url "$url"
    check "a second router is another replica" \
        until_true 60 reports "a['router_rules']['checks']['live']['replicas'] == 2"
    smoke
    check "two routers of 0.9.2 share their tasks" says "d['smoke']['verdict'] == 'completed'"
    stop second
    bus publish heddle.control.reload '{"action": "reload"}'
    check "a reload is taken by all but router and gateway" \
        until_true 30 logged actor.reload_completed $reloading
    check "and they are seen as before" live $listeners
}

# Every message here is one that Heddle does not survive: who ends, and only they, are missed.
poisoned() {
    bus publish heddle.control.reload '[1,2]'
    check "poison for reload listeners: they are told off" \
        until_true 30 logged control_listener_error $reloading
    check "they keep running, and subscribed" only_gone
    check "so nobody is missed" only_missed
    bus publish heddle.tasks.incoming '[1,2]'
    check "poison for routers ends the router alone" until_true 30 only_gone router_rules
    check "the router is missed" only_missed router_rules
    bus publish heddle.tasks.echo.local '"x"'
    check "poison for a processor ends it" until_true 30 only_gone router_rules echo
    check "the processor is missed" only_missed router_rules echo
    bus publish heddle.tasks.summarizer.standard null
    check "poison for a worker ends it" until_true 30 only_gone router_rules echo summarizer
    bus publish heddle.goals.incoming 1
    check "poison for goals ends pipeline and orchestrator" \
        until_true 30 only_gone router_rules echo summarizer ingest planner
    bus publish heddle.scheduler.nightly true
    check "poison for a scheduler ends it" until_true 30 only_gone $listeners
    check "all are missed" only_missed $listeners
}

# A restart of the server: every actor outlives it, and none comes back.
zombies() {
    stop $listeners gateway
    check "all are back" all_up
    stop server
    check "each loses its connection" until_true 30 logged UnexpectedEOF $listeners gateway
    check "without saying that it is disconnected" gone_unsaid
    server_begin
    report configs
    check "the server is back" says "d['link']['state'] == 'up'"
    check "every process lives" only_gone
    check "and every one of them is missed" only_missed $listeners
}
gone_unsaid() { ! logged bus.disconnected $listeners gateway; }

# Heddle logs actor.subscribed even when the server refused the subscription.
refused() {
    stop $listeners gateway
    cat > refuse.conf << 'CONF'
authorization {
  users = [
    {user: op, password: op}
    {user: actor, password: actor, permissions: {subscribe: {deny: "heddle.tasks.>"}}}
  ]
}
CONF
    server_begin refusing -c "$work/refuse.conf"
    url=nats://actor:actor@${url#nats://}
    start echo "$heddle" processor --config configs/workers/echo.yaml --nats-url "$url"
    check "a refused actor says that it is subscribed" until_true 60 logged actor.subscribed echo
    check "then that it is not" until_true 30 logged "permissions violation for subscription" echo
    url=nats://op:op@${url#nats://actor:actor@}
    check "our report is not fooled" only_missed $listeners
    stop echo refusing
}

run() {
    server_begin || return 1
    mesh_configs
    rm configs/workers/burn.yaml
    recognized
    strangers
    shared
    poisoned
    zombies
    refused
    stop server
}
on_each_server run
mesh_end
