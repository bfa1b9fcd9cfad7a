#!/usr/bin/env bash
# Who is subscribed, where one server does not know it all or does not tell: a cluster, a leaf node,
# missing rights, no system account. What cannot be seen is never called missing. Actors are played
# by plain clients with Heddle's subjects and queue groups.
# shellcheck disable=SC2016 # for another shell, or no shell at all
set -uo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
mesh_begin
mesh_configs

is_live() { # NAME REPLICAS
    until_true 10 reports "a['$1']['checks']['live']['state'] == 'ok' and a['$1']['checks']['live']['replicas'] == $2"
}
is_missed() { until_true 10 reports "a['$1']['checks']['live']['cause'] == 'not_running'"; } # NAME
# Of nobody is said that he listens, or that he does not; and the reason has these words.
cannot_tell() { until_true 10 cannot_tell_now "$@"; } # WORDS
cannot_tell_now() {
    report configs
    says "all(x['checks']['live']['state'] == 'unknown' and '$1' in x['checks']['live']['text'] for x in d['actors'] if x['kind'] != 'mcp')" &&
        says "'nobody' not in str(d['actors'])"
}
told_by_monitor() { until_true 10 told_by_monitor_now "$@"; } # PORT: who listens and who does not
told_by_monitor_now() {
    report --monitor-url "http://127.0.0.1:$1" configs
    says "a['router_rules']['checks']['live']['state'] == 'ok' and a['burn']['checks']['live']['cause'] == 'not_running'"
}
servers_answer() { [ "$(bus connz | wc -l)" = "$1" ]; } # COUNT

cluster() {
    local routes urls=()
    server_begin n1 -n n1 --cluster nats://127.0.0.1:-1 --cluster_name c || return 1
    urls=("$url")
    routes=$(sed -E 's/.*"cluster":\["([^"]*)".*/\1/' ports.n1/*.ports)
    for node in n2 n3; do
        server_begin "$node" -n "$node" --cluster nats://127.0.0.1:-1 --cluster_name c \
            --routes "$routes" || return 1
        urls+=("$url")
    done
    play router "${urls[0]}" heddle.tasks.incoming:router
    play echo2 "${urls[1]}" heddle.tasks.echo.local:processors-echo heddle.control.reload
    play echo3 "${urls[2]}" heddle.tasks.echo.local:processors-echo heddle.control.reload
    play nightly "${urls[2]}" heddle.scheduler.nightly heddle.control.reload
    check "cluster: it has three nodes" until_true 30 servers_answer 3
    for url in "${urls[0]}" "${urls[2]}"; do
        check "cluster: the router is seen" is_live router_rules 1
        check "cluster: replicas on two nodes add up" is_live echo 2
        check "cluster: the scheduler is seen" is_live nightly 1
        check "cluster: who is on no node is missed" is_missed burn
    done
    stop n3
    url=${urls[0]}
    check "cluster: what ended with a node is missed" is_missed nightly
    check "cluster: the other replica is left" is_live echo 1
    stop n1 n2 router echo2 echo3 nightly
}

leaf() {
    local port hub
    port=$(free_port)
    echo "leafnodes { listen: \"127.0.0.1:$port\" }" > hub.conf
    echo "leafnodes { remotes: [{url: \"nats-leaf://127.0.0.1:$port\"}] }" > leaf.conf
    server_begin hub -n hub -c hub.conf || return 1
    hub=$url
    server_begin leaf -n leaf -c leaf.conf || return 1
    play router "$hub" heddle.tasks.incoming:router
    play echo "$url" heddle.tasks.echo.local:processors-echo heddle.control.reload
    check "leaf: both servers answer" until_true 30 servers_answer 2
    for url in "$url" "$hub"; do
        check "leaf: the router is seen" live router_rules
        check "leaf: the processor is seen" live echo
        check "leaf: who is nowhere is missed" is_missed burn
    done
    stop hub leaf router echo
}

rights() {
    local address monitor
    cat > rights.conf << 'CONF'
authorization {
  users = [
    {user: op, password: op}
    {user: heddle, password: x, permissions: {publish: ["heddle.>"]}}
    {user: deaf, password: x, permissions: {subscribe: ["heddle.>"]}}
  ]
}
CONF
    monitor=$(free_port)
    server_begin rights -c rights.conf -m "$monitor" || return 1
    address=${url#nats://}
    play router "nats://op:op@$address" heddle.tasks.incoming:router
    url=nats://op:op@$address
    check "rights: with all of them the router is seen" is_live router_rules 1
    url=nats://heddle:x@$address
    check "rights: may not ask: the right is named" \
        cannot_tell 'Publish to "$SYS.REQ.ACCOUNT.PING.CONNZ"'
    check "rights: but the monitoring port tells" told_by_monitor "$monitor"
    url=nats://deaf:x@$address
    check "rights: may not hear the answer: cannot tell" cannot_tell 'cannot tell'
    check "rights: and the rung names the right" \
        until_true 30 reports "any('_INBOX' in (r['text'] or '') for r in d['ladder'] if r['state'] == 'warn')"
    stop rights router
}

unanswered() {
    local monitor
    echo 'no_system_account: true' > unanswered.conf
    monitor=$(free_port)
    server_begin unanswered -c unanswered.conf -m "$monitor" || return 1
    play router "$url" heddle.tasks.incoming:router
    check "no system account: cannot tell" cannot_tell '$SYS'
    check "no system account: but the monitoring port tells" told_by_monitor "$monitor"
    stop unanswered router
}

run() { cluster && leaf && rights && unanswered; }
on_each_server run
mesh_end
