#!/usr/bin/env bash
# Reports without a terminal: forms, exit statuses, what goes where. Real binary, real nats-server.
set -uo pipefail
program=${PROGRAM:?PROGRAM is not set}
passed=0 failed=0
work=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server" 2> /dev/null; rm -rf "$work"' EXIT
export HOME=$work LANG=C.UTF-8 NO_COLOR=1 PATH=$PATH:/usr/sbin
unset NATS_URL HEDDLE_CONFIGS OLLAMA_URL LM_STUDIO_URL ANTHROPIC_API_KEY
cd "$work" || exit 1

ok() { # NAME COMMAND…
    local name=$1
    shift
    if "$@" > "$work/why" 2>&1; then
        passed=$((passed + 1))
        echo "ok   $name"
    else
        failed=$((failed + 1))
        echo "FAIL $name: $*"
        cat "$work/why" "$work/out" "$work/err" 2> /dev/null | head -n 40
    fi
}

run() { # ARGUMENTS…: output in out and err, status in $status
    timeout 30 "$program" "$@" > "$work/out" 2> "$work/err" < /dev/null
    status=$?
}

status_is() { [ "$status" = "$1" ]; }
out_has() { grep -qF -- "$1" "$work/out"; }
out_lacks() { ! grep -qF -- "$1" "$work/out"; }
err_has() { grep -qF -- "$1" "$work/err"; }
is_json() { python3 -c 'import json,sys; json.load(open(sys.argv[1]))' "$work/out"; }
json_is() { # EXPRESSION over d
    python3 -c 'import json,sys; d=json.load(open(sys.argv[1])); sys.exit(not eval(sys.argv[2]))' \
        "$work/out" "$1"
}

nats-server -a 127.0.0.1 -p -1 --ports_file_dir "$work" > "$work/server.log" 2>&1 &
server=$!
soon() { # COMMAND…, at most 20 s from now
    for _ in $(seq 1000); do
        if "$@"; then return 0; fi
        sleep 0.02
    done
    return 1
}
listens() { # and has said where
    url=$(grep -ohsE 'nats://127.0.0.1:[0-9]+' "$work"/*.ports | head -n 1)
    [ -n "$url" ]
}
soon listens
mkdir configs
printf 'name: echo\nworker_kind: processor\ndefault_model_tier: local\n' > configs/echo.yaml
printf 'rate_limits: {local: {max_concurrent: 1}}\n' > configs/router_rules.yaml
printf 'name: t\n' > configs/_template.yaml
printf 'just: data\n' > configs/other.yaml

run --nats-url "$url"
ok "configs/ here is taken" out_has "processor · echo"
ok "an actor that does not run is a failure" status_is 2
ok "the command that starts it is given" out_has "heddle processor --config configs/echo.yaml --nats-url $url"
ok "a template is listed as skipped" out_has "skipped configs/_template.yaml"
ok "a file of no kind is listed as skipped" out_has "skipped configs/other.yaml"

run --nats-url "$url" --output json configs
ok "json is one document" is_json
ok "json goes alone" test ! -s "$work/err"
ok "json names the kinds" json_is '[a["kind"] for a in d["actors"]] == ["router", "processor"]'
ok "json lists what was skipped" json_is 'len(d["skipped"]) == 2'
ok "json says who is missing" json_is 'd["actors"][1]["checks"]["live"]["cause"] == "not_running"'

begin=$(date +%s%N)
run --nats-url nats://127.0.0.1:1 --timeout 20 --output json
# 30 ms on a machine of one's own; what this catches is a report that waits for a timeout.
ok "a refused port is told at once" test $((($(date +%s%N) - begin) / 1000000)) -lt 3000
ok "a refused port fails" status_is 2
ok "its cause is refused" json_is 'd["ladder"][2]["cause"] == "refused" and d["ladder"][3]["state"] == "skipped"'
ok "its remedy can be typed" json_is '"nats-server" in d["ladder"][2]["remedy"]'

run --nats-url nats://nowhere.invalid --output json
ok "an unknown host is told" json_is 'd["ladder"][1]["cause"] == "unknown_host"'

cd /
run --nats-url "$url" --output short
ok "a server where nobody of Heddle's is warns" status_is 1
ok "short is one line" test "$(wc -l < "$work/out")" = 1
run --nats-url "$url" --output nagios
ok "nagios line" grep -qE '^HEDDLE WARNING - .* \| actors=0 rtt=[0-9.]+ms$' "$work/out"
run --nats-url "$url" --smoke --output json
ok "a smoke without router says so" json_is 'd["smoke"]["verdict"] == "no_router"'
run --nats-url "$url" --smoke --smoke-mode direct --worker-type echo --output json
ok "a direct smoke without worker says so" json_is 'd["smoke"]["verdict"] == "no_worker"'
run --nats-url "$url" "processor:$work/configs/other.yaml" --output json
ok "a kind can be forced" json_is 'd["actors"][0]["kind"] == "processor"'
NATS_URL=$url run --output json
ok "NATS_URL is taken and named" json_is 'd["url_origin"] == "NATS_URL"'
HEDDLE_CONFIGS=$work/configs run --nats-url "$url" --output json
ok "HEDDLE_CONFIGS is taken" json_is 'len(d["actors"]) == 2'
run --nats-url "$url" /nonexistent.yaml
ok "a named file that is missing fails" out_has "Config file not found: /nonexistent.yaml"
begin=$(date +%s%N)
run --nats-url "$url" --wait 1.2 /nonexistent.yaml
ok "--wait waits while something fails" test $((($(date +%s%N) - begin) / 1000000)) -ge 1100

# The first SIGTERM ends the waiting, not the program.
catches_term() { grep -qE '^SigCgt:.*[4-7c-f]...$' "/proc/$1/status"; } # PID
"$program" --nats-url "$url" --wait 60 /nonexistent.yaml > "$work/out" 2> "$work/err" < /dev/null &
child=$!
soon catches_term $child
kill $child
wait $child
status=$?
ok "a wait that is ended from outside has its report" out_has "Config file not found: /nonexistent.yaml"
ok "and its status" status_is 2

# What holds a password leaves no core file: the limit is there to be read, and what is not dumpable
# shows its files under /proc as root's, so it is run as somebody else.
as_nobody=() nobody=$(id -u)
[ "$nobody" != 0 ] || as_nobody=(setpriv --reuid=65534 --regid=65534 --clear-groups) nobody=65534
install -D -m 755 "$program" "$work/open/program"
chmod 711 "$work" "$work/open"
owner_is() { [ "$(stat -c %u "/proc/$1/environ")" = "$2" ]; } # PID UID
runs() { tr '\0' ' ' < "/proc/$1/cmdline" | grep -q "^$2 "; } # PID PROGRAM: it is no setpriv any more
"${as_nobody[@]}" sleep 30 &
child=$!
ok "a program that may be dumped is its user's" soon owner_is $child "$nobody"
kill $child
ulimit -S -c "$(ulimit -H -c)"
if [ "$nobody" != 65534 ] || "${as_nobody[@]}" test -x "$work/open/program"; then
    "${as_nobody[@]}" "$work/open/program" --once --nats-url "$url" --wait 30 /nonexistent.yaml \
        > /dev/null 2>&1 < /dev/null &
    child=$!
    soon runs $child "$work/open/program"
    ok "this one may not be dumped" soon owner_is $child 0
    ok "nor may it leave a core file" soon grep -qE '^Max core file size +0 +0 ' "/proc/$child/limits"
    kill $child
    wait $child 2> /dev/null
fi

# Profiles and env files.
cd "$work" || exit 1
printf 'nats_url: %s\ntier: standard\ntimeout: 3\nconfigs: [configs]\nactors:\n' "$url" > prod.yaml
printf '  processor/echo: {env_file: echo.env, tier: local, restart: restart-echo}\n' >> prod.yaml
printf '# for echo\nexport OLLAMA_URL="http://hush:1"\r\n' > echo.env
cd / || exit 1
run --profile "$work/prod.yaml" --output json
ok "a profile's URL is taken and named" json_is 'd["url_origin"] == "profile"'
ok "a profile's tier and configs are taken" json_is 'd["tier"] == "standard" and len(d["actors"]) == 2'
ok "an actor's env file in a profile is looked at" json_is \
    "d['actors'][1]['checks']['env']['text'] == 'OLLAMA_URL is set (from $work/echo.env)'"
ok "an actor's restart command is its remedy" json_is \
    'd["actors"][1]["checks"]["live"]["remedy"] == "restart-echo"'
ok "no value of an env file is shown" test -z "$(grep -h hush "$work/out" "$work/err")"
NATS_URL=$url run --profile "$work/prod.yaml" --output json
ok "the environment is stronger than a profile" json_is 'd["url_origin"] == "NATS_URL"'
ok "and that is said" err_has "prod.yaml: its nats_url does not count: \$NATS_URL is stronger"
run --profile "$work/prod.yaml" --nats-url "$url" --tier frontier --output json "$work/configs/echo.yaml"
ok "flags are stronger than a profile" json_is \
    'd["url_origin"] == "flag" and d["tier"] == "frontier" and len(d["actors"]) == 1'
printf 'A=1\n' > "$work/all.env"
OLLAMA_URL=x run --nats-url "$url" --env-file "$work/all.env" --output json "$work/configs"
ok "an env file takes the place of this environment" json_is \
    "d['actors'][1]['checks']['env']['state'] == 'warn' and d['actors'][1]['checks']['env']['text'].endswith('(from $work/all.env)')"
ok "its remedy writes into it" json_is \
    "d['actors'][1]['checks']['env']['remedy'] == 'echo OLLAMA_URL=http://localhost:11434 >> $work/all.env'"
(sleep 0.8; printf 'OLLAMA_URL=x\n' > "$work/new.env"; mv "$work/new.env" "$work/all.env") &
run --nats-url "$url" --env-file "$work/all.env" --wait 4 --output json "$work/configs"
ok "an env file that changes is read again" json_is 'd["actors"][1]["checks"]["env"]["state"] == "ok"'
run --profile "$work/prod.yaml" --print-profile
ok "a profile is printed" status_is 0
cp "$work/out" "$work/printed.yaml"
ok "it knows the actors" out_has "  processor/echo:"
ok "it keeps what is known of them" out_has "    restart: restart-echo"
run --profile "$work/printed.yaml" --output json
ok "a printed profile is a profile" json_is 'd["url_origin"] == "profile" and len(d["actors"]) == 2'
run --profile "$work/printed.yaml" --print-profile
ok "and prints itself" cmp "$work/out" "$work/printed.yaml"
run --nats-url "nats://op:hush@127.0.0.1:1,nats://t0ken@127.0.0.1:2" --print-profile
ok "no login in a printed profile" test -z "$(grep -hE 'hush|t0ken|op' "$work/out" | grep nats://1)"
ok "but its servers" out_has "nats_url: 'nats://127.0.0.1:1,nats://127.0.0.1:2'"
ok "and a word that it is left out" err_has "the login in a URL is left out"

bad() { # NAME WORDS ARGUMENTS…
    local name=$1 words=$2
    shift 2
    run "$@"
    ok "$name: status 3" status_is 3
    ok "$name: reason" err_has "$words"
    ok "$name: nothing on stdout" test ! -s "$work/out"
}
bad "bad url" "--nats-url" --once --nats-url 'http://a b'
bad "bad tier" "--tier" --once --tier huge
bad "bad form" "--output" --output xml
bad "bad worker type" "plain subject token" --smoke --worker-type 'a b'
bad "bad payload" "--payload" --smoke --payload '[1]'
bad "bad timeout" "--timeout" --once --timeout nan
bad "unknown option" "Unknown option" --nonsense
bad "smoke and read-only" "read-only" --smoke --read-only
printf 'tier: own\nteir: own\n' > "$work/p.yaml"
bad "unknown key" "p.yaml: line 2: there is no key 'teir'; the nearest is 'tier'" --profile "$work/p.yaml"
printf 'timeout: soon\n' > "$work/p.yaml"
bad "profile's timeout" "p.yaml: line 1: timeout takes seconds" --once --profile "$work/p.yaml"
printf '\nnats_url: http://op:hush@h\n' > "$work/p.yaml"
bad "profile's URL" "p.yaml: line 2: nats_url: " --once --profile "$work/p.yaml"
ok "no password of a profile in an error" test -z "$(grep -h hush "$work/out" "$work/err")"
printf 'actors:\n  a: {url: http://op:hush@h}\n' > "$work/p.yaml"
bad "URL of a profile's actor" "p.yaml: line 2: url: " --once --profile "$work/p.yaml"
printf 'smoke_mode: fast\n' > "$work/p.yaml"
bad "profile's smoke mode" "p.yaml: line 1: smoke_mode takes task" --once --profile "$work/p.yaml"
printf 'payload: hush\n' > "$work/p.yaml"
bad "profile's payload" "p.yaml: line 1: payload: " --once --profile "$work/p.yaml"
printf 'monitor_url: ftp://x\n' > "$work/p.yaml"
bad "profile's monitor URL" "p.yaml: line 1: monitor_url: " --once --profile "$work/p.yaml"
printf 'env_file: none.env\n' > "$work/p.yaml"
bad "profile's env file" "p.yaml: line 1: env_file: $work/none.env: No such file" --profile "$work/p.yaml"
bad "no profile" "--profile: /nonexistent.yaml: No such file" --profile /nonexistent.yaml
bad "profile and demo" "--demo brings" --demo --profile "$work/printed.yaml"
bad "no env file" "--env-file: /nonexistent.env: No such file" --env-file /nonexistent.env
mkfifo "$work/fifo"
bad "an env file that is a FIFO" "fifo: is no regular file" --env-file "$work/fifo"
printf 'A=1\nhush hush\n' > "$work/bad.env"
bad "a bad line of an env file" "bad.env: line 2: no KEY=VALUE" --env-file "$work/bad.env"
ok "which is not shown" test -z "$(grep -h hush "$work/out" "$work/err")"

bad "demo elsewhere" "of its own" --demo --once --nats-url "$url"
bad "demo with configs" "of its own" --demo --once "$work/configs"

run --nats-url "nats://op:hush@127.0.0.1:1" --once
ok "no password in a report" out_lacks hush
run --once --nats-url "nats://op:hush@[bad"
ok "no password in an error" test -z "$(grep -h hush "$work/out" "$work/err")"
for given in nats://op:hush@127.0.0.1:1 op:hush@127.0.0.1:1 nats://127.0.0.1:1; do
    run --once "$given"
    ok "a URL in a config's place: status 3" status_is 3
    ok "a URL in a config's place: what was meant" err_has "did you mean --nats-url"
    ok "a URL in a config's place: no password" test -z "$(grep -h hush "$work/out" "$work/err")"
done
bad "a kind without a file" "'processor:' names no file" --once processor:
bad "a word that is no kind" "'tailor' is no kind of actor: KIND:FILE takes worker, processor" \
    --once "tailor:$work/configs"
run --once --nats-ulr=op:hush@127.0.0.1
ok "no password in an unknown option" test -z "$(grep -h hush "$work/out" "$work/err")"

# ARGUMENTS…: what `ps` shows of a program that goes on for a while
argv_hides() {
    local pid shown=hush
    "$program" --once --wait 5 "$@" > /dev/null 2>&1 < /dev/null &
    pid=$!
    for _ in $(seq 200); do # it is this script still, then what was typed, then what is shown
        shown=$(tr '\0' ' ' < "/proc/$pid/cmdline")
        case $shown in *xxx@*) break ;; esac
        sleep 0.02
    done
    kill "$pid"
    case $shown in *hush*) return 1 ;; *xxx@127.0.0.1*) ;; *) return 1 ;; esac
}
ok "no password in argv" argv_hides --nats-url nats://op:hush@127.0.0.1:1
ok "no password in argv without a scheme" argv_hides --nats-url op:hush@127.0.0.1:1
ok "no password in argv behind an equals sign" argv_hides --nats-url=op:hush@127.0.0.1:1
run --help
ok "help" out_has "--nats-url"
run --version
ok "version" grep -qE '^heddle-preflight [0-9]' "$work/out"
LANG=C LC_ALL=C run --nats-url "$url" --once
ok "an ASCII locale gets ASCII" test -z "$(LC_ALL=C grep -P '[^\x00-\x7f]' "$work/out")"
run --demo
ok "a demo without terminal is one report with a smoke" out_has "completed by echo"
run --demo --read-only
ok "a demo that is read-only publishes nothing" test -z "$(grep -E "^. smoke|not sent|completed" "$work/out")"
ok "a demo that is read-only has a report" out_has "processor · echo"

printf '%d passed, %d failed\n' "$passed" "$failed"
[ "$failed" = 0 ]
