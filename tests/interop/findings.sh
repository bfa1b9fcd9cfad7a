#!/usr/bin/env bash
# What our report concludes about a real Heddle mesh that is broken in the ways in which Heddle
# breaks: the smoke's proof and the findings.
#     findings.sh [SECTION…]    only these (the functions below)
set -uo pipefail
. "$(dirname "$0")/lib.sh"
mesh_begin mcp

wanted="$*"

found() { # ID [EXPRESSION over f, the finding]
    says "any(f['id'] == '$1' and f['text'] and f['evidence'] and (${2:-True}) for f in d['findings'])"
}
not_found() { # ID…: none of these is in the report
    says "not {f['id'] for f in d['findings']} & set('$*'.split())"
}
finds() { # ID [EXPRESSION]: in a new report
    report configs
    found "$@"
}
# Watch for SECONDS in the background; watched waits for its report.
watch_begin() { # SECONDS
    timeout 60 "$program" --nats-url "$url" --output json --wait "$1" configs > watched.json 2> err &
    watcher=$!
}
watched() { wait "$watcher"; cp watched.json out.json; }
is_watching() { # the watcher is connected and subscribed
    bus connz 'heddle.>' | grep -q '"name":"heddle-preflight'
}
begin() { # SECONDS
    timeout 60 "$program" --nats-url "$url" --output json --wait "$1" configs > watched.json 2> err &
    watcher=$!
}
watched() { wait "$watcher"; cp watched.json out.json; }
is_watching() { # the watcher is connected and subscribed
    bus connz 'heddle.>' | grep -q '"name":"heddle-preflight'
}
logged() { # WORD NAME…
    local word=$1 name
    shift
    for name; do grep -q "$word" "$name.log" || return 1; done
}
begin() { rm -rf configs && mesh_configs && rm configs/workers/burn.yaml; }
actor() { # NAME COMMAND CONFIG [FLAG…]
    start "$1" "$heddle" "$2" --config "$3" --nats-url "$url" "${@:4}"
}
basics() { # router and echo, up
    actor router_rules router configs/router_rules.yaml
    actor echo processor configs/workers/echo.yaml
    live router_rules echo
}

# --- a mesh that is well ---

healthy() {
    all_up
    report configs
    check "healthy: no false alarm" not_found zombie poison no_router many_routers not_running \
        other_tier wrong_command double_workers stuck_start bad_name url_split env_false_alarm \
        both_backends empty_overrides bogus_tier wide_name
    check "healthy: both take each goal, and that is told" found double_goals
    check "healthy: nobody hears dead letters" found dead_letter_unheard
    play ear "$url" heddle.tasks.dead_letter
    report configs
    check "healthy: somebody hears dead letters" not_found dead_letter_unheard
    start second "$heddle" router --config configs/router_rules.yaml --nats-url "$url"
    until_true 20 reports "a['router_rules']['checks']['live']['replicas'] == 2"
    check "healthy: two routers of 0.9.2 share their tasks" not_found many_routers
}

# --- what is wrong with it ---

misplaced() {
    basics
    stop echo
    actor echo processor configs/workers/echo.yaml --tier standard
    until_true 20 logged actor.running echo
    check "other tier" finds other_tier "'standard' in f['text'] and 'local' in f['text']"
    smoke
    check "other tier: the smoke names the listening one" \
        says "d['smoke']['verdict'] == 'no_worker' and 'standard' in d['smoke']['text']"
    stop echo
    actor echo processor configs/workers/echo.yaml --tier bogus
    until_true 20 logged actor.running echo
    check "bogus tier" finds bogus_tier "'bogus' in f['text']"
    stop echo
    actor echo worker configs/workers/echo.yaml --tier local
    until_true 20 logged actor.running echo
    check "wrong command" finds wrong_command "'heddle processor' in f['remedy']"
    actor twin processor configs/workers/echo.yaml
    live echo
    check "worker and processor of one name" finds double_workers "'echo' in f['text']"
    stop echo twin
    check "not running" finds not_running "'echo' in f['text'] and 'heddle processor' in f['remedy']"
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
}

named() {
    sed 's/name: echo/name: "*"/' configs/workers/echo.yaml > configs/workers/wide.yaml
    sed 's/name: echo/name: two words/' configs/workers/echo.yaml > configs/workers/bad.yaml
    printf 'tier_overrides:\n' > configs/router_rules.yaml
    report configs
    check "a name that is no subject" found bad_name "'two words' in f['text']"
    check "overrides that kill the router" found empty_overrides
    actor wide processor configs/workers/wide.yaml
    until_true 20 logged actor.running wide
    check "a name that takes all tasks" finds wide_name
    mkdir -p .heddle
    echo 'anthropic_api_key: sk-none' > .heddle/config.yaml
    check "a key that only Heddle sees" finds env_false_alarm
    LM_STUDIO_URL=http://localhost:1234/v1 finds both_backends
    check "two local backends" found both_backends
    rm -r .heddle
}

stuck() {
    basics
    play idle "$url"
    check "connected, never subscribed" finds stuck_start
    server_begin refusing -c "$work/refuse.conf"
    url=nats://actor:actor@${url#nats://}
    actor refused processor configs/workers/echo.yaml
    until_true 20 logged "permissions violation" refused
    url=nats://op:op@${url#nats://actor:actor@}
    report configs
    check "its subscription was refused" found stuck_start "'heddle.control.reload' in str(f['evidence'])"
}

elsewhere() {
    local here_url=$url
    basics
    server_begin other
    stop echo
    actor echo processor configs/workers/echo.yaml
    until_true 20 logged actor.running echo
    url=$here_url
    check "two actors on two URLs" finds url_split "'echo' in str(f) and '$(cat port.other)' in str(f)"
}

limited() {
    printf 'rate_limits:\n  local: {max_concurrent: 2}\n' > configs/router_rules.yaml
    basics
    smoke
    smoke
    smoke
    check "the limiter's next token is told" says \
        "d['smoke']['verdict'] == 'dead_lettered' and 'next token' in d['smoke']['text']"
}

# --- what happened while we looked ---

zombies() {
    all_up
    watch_begin 6
    until_true 10 is_watching
    stop server
    until_true 10 logged UnexpectedEOF router_rules echo summarizer ingest planner nightly gateway
    server_begin
    watched
    check "zombies" found zombie
    check "zombies: each is named" found zombie \
        "all(n in str(f) for n in ['router', 'echo', 'summarizer', 'ingest', 'planner', 'nightly'])"
    check "zombies: their processes are named" found zombie \
        "'${pids[echo]}' in str(f) and '${pids[router_rules]}' in str(f)"
    report configs
    check "zombies: a newcomer knows them by their processes" found zombie "'${pids[echo]}' in str(f)"
    watch_begin 8
    until_true 10 is_watching
    stop router_rules echo summarizer ingest planner nightly gateway
    start_all
    watched
    check "zombies: gone when they are back" not_found zombie not_running
}

poisoned() {
    basics
    watch_begin 5
    until_true 10 is_watching
    bus publish heddle.tasks.incoming '[1,2]'
    until_true 10 gone router_rules
    watched
    check "poison: the message is named" found poison "'heddle.tasks.incoming' in str(f)"
    check "poison: and who vanished" found poison "'router' in str(f)"
    actor router_rules router configs/router_rules.yaml
    live router_rules echo
    watch_begin 5
    until_true 10 is_watching
    bus publish heddle.tasks.echo.local '"x"'
    until_true 10 gone echo
    watched
    check "poison for a processor" found poison "'heddle.tasks.echo.local' in str(f) and 'echo' in str(f)"
    actor echo processor configs/workers/echo.yaml
    live router_rules echo
    watch_begin 5
    until_true 10 is_watching
    bus publish heddle.tasks.incoming 'no json at all'
    watched
    check "poison: what is only skipped is none" not_found poison
    watch_begin 5
    until_true 10 is_watching
    bus publish heddle.control.reload null
    watched
    check "poison for reload listeners, who stay subscribed" found poison "'reload' in str(f)"
    watch_begin 5
    until_true 10 is_watching
    bus publish heddle.control.reload '{"action": "reload"}'
    watched
    check "a reload is seen" says "any('reload' in t['text'] for t in d['timeline'])"
}

# --- where one server does not see all ---

unseen() {
    local port hub address
    port=$(free_port)
    echo "leafnodes { listen: \"127.0.0.1:$port\" }" > hub.conf
    echo "leafnodes { remotes: [{url: \"nats-leaf://127.0.0.1:$port\"}] }" > leaf.conf
    server_begin hub -n hub -c hub.conf
    hub=$url
    server_begin leaf -n leaf -c leaf.conf
    play e "$url" heddle.tasks.echo.local:processors-echo
    url=$hub
    live echo
    check "leaf: one replica is one" says "a['echo']['checks']['live']['replicas'] == 1"
    stop hub leaf e

    local routes
    server_begin n1 -n n1 --cluster nats://127.0.0.1:-1 --cluster_name c
    address=$url
    routes=$(sed -E 's/.*"cluster":\["([^"]*)".*/\1/' ports.n1/*.ports)
    server_begin n2 -n n2 --cluster nats://127.0.0.1:-1 --cluster_name c --routes "$routes"
    play e "$url" heddle.tasks.echo.local:processors-echo
    url=$address
    live echo
    kill -STOP "${pids[n2]}"
    report configs
    check "cluster: whoever is on a silent node is not called missing" \
        says "a['echo']['checks']['live']['state'] == 'unknown'"
    stop n1 n2 e

    cat > accounts.conf << 'CONF'
accounts {
  MESH { users: [{user: m, password: m}], exports: [{stream: "heddle.>"}, {service: "heddle.>"}] }
  OPS {
    users: [{user: o, password: o}]
    imports: [
      {stream: {account: MESH, subject: "heddle.results.>"}}
      {service: {account: MESH, subject: "heddle.tasks.>"}}
    ]
  }
}
CONF
    server_begin accounts -c accounts.conf
    address=${url#nats://}
    url=nats://m:m@$address
    basics
    url=nats://o:o@$address
    smoke
    check "accounts: a smoke completes across" says "d['smoke']['verdict'] == 'completed'"
    check "accounts: whoever answered is not called missing" \
        says "all(a[n]['checks']['live']['state'] != 'fail' for n in ('echo', 'router_rules'))"
    stop echo
    smoke
    check "accounts: a router in another account is not called missing" \
        says "d['smoke']['verdict'] != 'no_router'"
    stop router_rules accounts

    echo 'no_system_account: true' > unanswered.conf
    server_begin unanswered -c unanswered.conf
    play e "$url" heddle.tasks.echo.local:processors-echo
    report configs
    check "no system account: a current server is not called old" \
        says "'older than' not in a['echo']['checks']['live']['text']"
    check "no system account: what cannot be seen does not hold" \
        says "d['verdict'] != 'ok' and 'all checks hold' not in d['summary']"
    stop unanswered e

    server_begin rights -c "$work/rights.conf"
    address=${url#nats://}
    play e "nats://op:op@$address" heddle.tasks.echo.local:processors-echo
    url=nats://deaf:x@$address
    report configs
    check "rights: the subject that may not be heard is named" \
        says "'_INBOX' in a['echo']['checks']['live']['text']"
    stop rights e
}

cat > refuse.conf << 'CONF'
authorization {
  users = [
    {user: op, password: op}
    {user: actor, password: actor, permissions: {subscribe: {deny: "heddle.tasks.>"}}}
  ]
}
CONF
cat > rights.conf << 'CONF'
authorization {
  users = [
    {user: op, password: op}
    {user: heddle, password: x, permissions: {publish: ["heddle.>"]}}
    {user: deaf, password: x, permissions: {subscribe: ["heddle.>"]}}
  ]
}
CONF

run() {
    local section
    for section in healthy misplaced named stuck elsewhere limited zombies poisoned unseen; do
        [ -z "$wanted" ] || case " $wanted " in *" $section "*) ;; *) continue ;; esac
        server_begin || return 1
        begin
        "$section"
        stop "${!pids[@]}"
        rm -f port.*
    done
}
on_each_server run
mesh_end
