#!/usr/bin/env bash
# What our report concludes about a real Heddle mesh that is broken in the ways in which Heddle
# breaks: each finding, and none where all is well.
#     findings.sh [SECTION…]    only these (the functions below)
set -uo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
mesh_begin mcp
wanted="$*"

cat > refuse.conf << 'CONF'
authorization {
  users = [
    {user: op, password: op}
    {user: actor, password: actor, permissions: {subscribe: {deny: "heddle.tasks.>"}}}
  ]
}
CONF

healthy() {
    all_up
    report configs
    check "healthy: no false alarm" not_found zombie poison no_router many_routers not_running \
        other_tier wrong_command double_workers stuck_start url_split bad_config env_note \
        bogus_tier wide_name refused_subscription slow_actor empty_bus dead_letter_unheard
    check "healthy: both take each goal, and that is told" found double_goals
    start second "$heddle" router --config configs/router_rules.yaml --nats-url "$url"
    until_true 60 reports "a['router_rules']['checks']['live']['replicas'] == 2"
    check "healthy: two routers of 0.9.2 share their tasks" not_found many_routers
}

healthy_pair() {
    report configs
    says "all(n not in str(d['findings']) for n in ('processor echo', 'router'))"
}
misplaced() {
    play idle "$url"
    play idler "$url" # of two, one may be the gateway
    basics
    check "who is there is not called missing" healthy_pair
    stop echo
    actor echo processor configs/workers/echo.yaml --tier standard
    until_true 60 logged actor.running echo
    check "other tier" finds other_tier "'standard' in f['text'] and 'local' in f['text']"
    stop echo
    actor echo processor configs/workers/echo.yaml --tier bogus
    until_true 60 logged actor.running echo
    check "bogus tier" finds bogus_tier "'bogus' in f['text']"
    stop echo
    actor echo worker configs/workers/echo.yaml --tier local
    until_true 60 logged actor.running echo
    check "wrong command" finds wrong_command "'heddle processor' in f['remedy']"
    actor twin processor configs/workers/echo.yaml
    live echo
    check "worker and processor of one name" finds double_workers "'echo' in f['text']"
    stop echo twin
    check "not running" finds not_running \
        "'processor echo' in str(f['evidence']) and '--config configs/workers/echo.yaml' in f['remedy']"
    smoke
    check "no worker" says "d['smoke']['verdict'] == 'no_worker'"
    stop router_rules
    check "no router" finds no_router "'heddle router' in f['remedy']"
    play wide "$url" 'heddle.>'
    smoke
    check "no router: a wildcard listener hides none" \
        says "d['smoke']['verdict'] == 'no_router' and 'wildcard' in d['smoke']['text']"
    play git1 "$url" heddle.tasks.incoming
    play git2 "$url" heddle.tasks.incoming
    check "routers without a queue group run each task twice" finds many_routers
    check "connected for long, and never subscribed" \
        until_true 30 found_now stuck_start "'gateway' in f['text'] and 'publisher' in f['text']"
}

named() {
    sed 's/name: echo/name: "*"/' configs/workers/echo.yaml > configs/workers/wide.yaml
    sed 's/name: echo/name: two words/' configs/workers/echo.yaml > configs/workers/bad.yaml
    printf 'tier_overrides:\n' > configs/router_rules.yaml
    report configs
    check "a name that is no subject" found bad_config "'two words' in f['text']"
    check "overrides that kill the router" found bad_config "'tier_overrides' in f['text']"
    check "a name that would take all tasks" found bad_config "'\"*\"' in f['text']"
    check "and does not yet" not_found wide_name
    actor wide processor configs/workers/wide.yaml
    until_true 60 logged actor.running wide
    check "a name that takes all tasks" finds wide_name "'heddle.tasks.*.local' in str(f['evidence'])"
    check "one local backend" not_found env_note
    mkdir .heddle
    echo 'anthropic_api_key: sk-none' > .heddle/config.yaml
    check "a key that only Heddle sees" finds env_note "'false alarm' in f['text']"
    check "its value is in no report" says "'sk-none' not in str(d)"
    rm -r .heddle
    LM_STUDIO_URL=http://localhost:1234/v1 report configs
    check "two local backends" found env_note "'LM Studio wins' in f['text']"
}

refused() {
    server_begin refusing -c "$work/refuse.conf"
    url=nats://actor:actor@${url#nats://}
    actor echo processor configs/workers/echo.yaml
    until_true 60 logged "permissions violation" echo
    url=nats://op:op@${url#nats://actor:actor@}
    check "its subscription was refused" finds refused_subscription
    check "no password is told" says "'op:op' not in str(d) and 'actor:actor' not in str(d)"
}

limited() {
    printf 'rate_limits:\n  local: {max_concurrent: 1}\n' > configs/router_rules.yaml
    basics
    smoke
    check "no dead letter yet" not_found dead_letter_unheard
    smoke
    check "the limiter's dead letter" says "d['smoke']['verdict'] == 'dead_lettered'"
    play ear "$url" heddle.tasks.dead_letter
    smoke
    check "now somebody does" not_found dead_letter_unheard
}

zombies() {
    all_up
    watch_begin
    stop server
    until_true 30 logged UnexpectedEOF router_rules echo summarizer ingest planner nightly gateway
    server_begin
    watched 9 # a server that came back is given 4 s for its actors
    check "zombies" found zombie "'restart' in f['text']"
    check "zombies: how to start each is told" found zombie "f['remedy'].count('--config') == 6"
    check "zombies: each is named" found zombie \
        "all(n in str(f) for n in ['router', 'echo', 'summarizer', 'ingest', 'planner', 'nightly'])"
    watch_begin
    stop router_rules echo summarizer ingest planner nightly gateway
    all_up
    watched 12 # processes are looked at every 5 s, and less often where that is slow
    check "zombies: gone when they are back" not_found zombie not_running no_router
}

# What is concluded hangs on the server's version no more than what is seen; what a refusal and a
# loss look like may.
run() {
    if [ "$server" = nats-server ]; then
        sections healthy misplaced named refused limited zombies
    else
        sections refused zombies
    fi
}
on_each_server run
mesh_end
