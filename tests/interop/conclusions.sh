#!/usr/bin/env bash
# What our report concludes from several facts at once, on real actors: tiers, limits, processes,
# poison, leaf nodes, clusters, accounts, rights.
#     conclusions.sh [SECTION…]    only these (the functions below)
set -uo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
mesh_begin mcp
wanted="$*"

cat > rights.conf << 'CONF'
authorization {
  users = [
    {user: op, password: op}
    {user: heddle, password: x, permissions: {publish: ["heddle.>"]}}
    {user: deaf, password: x, permissions: {subscribe: ["heddle.>"]}}
  ]
}
CONF

smokes() {
    printf 'rate_limits:\n  local: {max_concurrent: 2}\n' > configs/router_rules.yaml
    actor router_rules router configs/router_rules.yaml
    actor echo processor configs/workers/echo.yaml --tier standard
    until_true 60 reports "a['echo']['checks']['live']['cause'] == 'other_tier'"
    smoke
    check "nobody on this tier: the smoke names the listening one" \
        says "d['smoke']['verdict'] == 'no_worker' and 'standard' in d['smoke']['text']"
    smoke
    smoke
    check "the limiter's next token is told" says \
        "d['smoke']['verdict'] == 'dead_lettered' and 'next token' in d['smoke']['text']"
    check "its dead letter is heard by nobody else" found dead_letter_unheard
}

elsewhere() {
    local here_url=$url
    basics
    server_begin other
    stop echo
    actor echo processor configs/workers/echo.yaml
    until_true 60 logged actor.running echo
    url=$here_url
    check "two actors on two URLs" finds url_split "'echo' in str(f) and '$(cat port.other)' in str(f)"
}

# Their processes are on this machine.
processes() {
    all_up
    stop server
    until_true 30 logged UnexpectedEOF router_rules echo summarizer ingest planner nightly gateway
    server_begin
    report --wait 14 configs
    check "zombies: a newcomer knows them by their processes" found zombie \
        "all(p in str(f) for p in '${pids[echo]} ${pids[router_rules]} ${pids[nightly]}'.split())"
}

# The dashboard listens for poison; a report that waits does not yet.
poisoned() {
    basics
    watch_begin
    bus publish heddle.tasks.incoming '[1,2]'
    until_true 30 gone router_rules
    watched 5
    check "poison: the message is named" found poison "'heddle.tasks.incoming' in str(f)"
    check "poison: and who vanished" found poison "'router' in str(f)"
    actor router_rules router configs/router_rules.yaml
    live router_rules echo
    watch_begin
    bus publish heddle.tasks.echo.local '"x"'
    until_true 30 gone echo
    watched 5
    check "poison for a processor" found poison "'heddle.tasks.echo.local' in str(f) and 'echo' in str(f)"
    actor echo processor configs/workers/echo.yaml
    live router_rules echo
    watch_begin
    bus publish heddle.tasks.incoming 'no json at all'
    watched 5
    check "poison: what is only skipped is none" not_found poison
    watch_begin
    bus publish heddle.control.reload null
    watched 5
    check "poison for reload listeners, who stay subscribed" found poison "'reload' in str(f)"
    watch_begin
    bus publish heddle.control.reload '{"action": "reload"}'
    watched 5
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

run() { sections smokes elsewhere processes poisoned unseen; }
on_each_server run
mesh_end
