/* The remedies' texts. They are typed by someone who is tired, so `next` can be pasted as it is
 * filled in. Facts in it come from outside and land in a shell: each is quoted unless it is plain.
 *
 * Where facts go: {host}, {site} (the host as a URL spells it), {port}, {url}, {path}, {name},
 * {kind}, {tier}, {pid}, {tier_flag} (" --tier TIER" where the kind's command takes one), and
 * {on_host}, which is "ssh HOST " when the server is not on this machine. */
#include "heddle/remedy.h"

#include <glib.h>
#include <string.h>

#define TYPE_LOGIN                                                                                 \
    "read -rs NATS_URL; export NATS_URL   type: nats://USER:PASSWORD@{site}:{port}   or with a "   \
    "key: heddle-preflight --creds FILE --nats-url nats://{site}:{port} (--nkey FILE for a bare "  \
    "NKey)"
#define START_NATS   "nats-server -a {host} -p {port}   or: docker run -p {port}:4222 nats:latest"
#define START_ROUTER "heddle router --config configs/router_rules.yaml --nats-url {url}"
#define START_WORKER                                                                               \
    "heddle processor --config configs/workers/{name}.yaml --nats-url {url} --tier {tier}"
#define CHECK_AGAIN "heddle-preflight --once --nats-url {url}"
#define SERVER_LOG  "{on_host}journalctl -u nats-server -n 20 --no-pager"
#define SERVER_CONF "{on_host}grep -n -A 8 "
#define CONF_FILE   " /etc/nats-server.conf"
#define ACTORS      "pgrep -af heddle"

#define NATS_HOLDS "The ladder holds on every rung: " CHECK_AGAIN
#define ROW_HOLDS  "The config row turns to ✓ by itself when the file changes."
#define SMOKE_DONE "Send the smoke again with s: it comes back completed."

static const Remedy table[] = {
    {"bad_url", "What was given is no NATS URL, so nothing was dialled.",
     "heddle-preflight --nats-url nats://localhost:4222", NATS_HOLDS},
    {"server_down",
     "Another server of the list answers, so the mesh can work; but one is gone, and Heddle's "
     "client takes a list as one host's name.",
     "heddle-preflight --once --nats-url nats://{site}:{port}   which is about that one alone",
     "The url rung says that all servers hold."},
    {"heddle_url",
     "This check takes the URL, and Heddle's own client takes it otherwise, so its actors may fail "
     "where this holds. Both take alike: nats:// in lower case, one server, no % in the login. "
     "Heddle encrypts only where the server demands it, whatever the scheme.",
     "heddle-preflight --nats-url nats://{site}:{port}   or, with a login: "
     "read -rs NATS_URL; export NATS_URL",
     "The url rung is ok."},
    {"unknown_host",
     "The resolver says that no such name exists: a typing mistake, a missing "
     "search domain, or a service that is not there (Heddle's actors default to "
     "the host nats, a container's name).",
     "getent hosts {host}   or try: heddle-preflight --nats-url nats://localhost:{port}",
     "getent prints an address."},
    {"resolver_silent", "The name server gives no answer, so whether {host} exists is not known.",
     "cat /etc/resolv.conf; getent hosts {host}", "getent answers at once."},
    {"address_moved",
     "The name leads to another address than the one that this connection has, as when a pod is "
     "moved: who connects now meets another server than those that are connected.",
     "getent ahosts {host}   then restart the actors that are still on the old address",
     "The dns rung holds once this connection is made anew, too."},
    {"refused",
     "The host is there, but nothing listens on port {port}: NATS is not running there, "
     "or it is on another port or address.",
     START_NATS, NATS_HOLDS},
    {"unreachable", "There is no way to {host} from here: a route, a VPN or the interface is down.",
     "ip route; ping -c 3 {host}", "ping gets answers."},
    {"timed_out",
     "No answer in the time given: a firewall that swallows packets, a host that is "
     "down, or a server too busy to answer.",
     "timeout 5 bash -c '</dev/tcp/{host}/{port}' && echo open", "The command prints open."},
    {"reset",
     "The connection was cut by the server or by something in between: a proxy or balancer "
     "without a server behind it, or a server that is full.",
     "{on_host}ss -tlnp", NATS_HOLDS},
    {"silent",
     "The port accepts connections but says nothing: the server is hung, overloaded or "
     "stopped, or what listens there waits for the client to begin.",
     "{on_host}systemctl status nats-server   then: kill -CONT it, or restart it", NATS_HOLDS},
    {"path_lost",
     "The connection stands, but the other host's network acknowledges nothing any more: the host "
     "is down, a cable or a VPN is cut, or a firewall has begun to swallow packets.",
     "ip route get {host}; ping -c 3 {host}", "ping gets answers; the link comes back by itself."},
    {"not_nats", "Something listens there, but it does not speak NATS.",
     "{on_host}ss -tlnp | grep nats-server",
     "The port listed for nats-server is the one in the URL."},
    {"monitoring_port",
     "This is the server's HTTP monitoring port. Clients use another one, named "
     "`port` in /varz.",
     "curl -s http://{site}:{port}/varz | grep '\"port\"'", NATS_HOLDS},
    {"route_port", "This port is where NATS servers meet each other, not where clients connect.",
     "{on_host}ss -tlnp | grep nats-server", NATS_HOLDS},
    {"old_server", "The server is older than what Heddle's client or this check relies on.",
     "{on_host}nats-server --version", NATS_HOLDS},
    {"tls_required",
     "The server takes only encrypted connections, and the URL does not ask for one. Heddle's "
     "client turns it on by itself; not every client does.",
     "heddle-preflight --nats-url tls://{site}:{port}", "The tls rung holds."},
    {"tls_not_offered",
     "The URL asks for encryption and the server has none. Heddle's client would "
     "go on in clear, password included; this one does not.",
     "heddle-preflight --nats-url nats://{site}:{port}   or give the server a tls block",
     "The tls rung holds, or says that it is not asked for."},
    {"tls_untrusted",
     "The server's certificate is signed by nobody that this machine trusts. Where "
     "the authority is your own, name its file; Heddle's client heeds it too.",
     "export SSL_CERT_FILE=/etc/ssl/certs/my-ca.pem", "The tls rung holds."},
    {"tls_self_signed",
     "The server's certificate is signed by itself alone, so nobody but whoever was given it "
     "can know that it is the right one. If it is yours, trust its file; Heddle's client heeds "
     "that too.",
     "export SSL_CERT_FILE=/etc/ssl/certs/my-server.pem", "The tls rung holds."},
    {"tls_name", "The certificate is good, but for other names than {host}.",
     "{on_host}openssl x509 -in server.pem -noout -ext subjectAltName",
     "The host in the URL is one of the names listed."},
    {"tls_expired", "The certificate is out of its time, or soon will be; or a clock is wrong.",
     "date -u; {on_host}openssl x509 -in server.pem -noout -dates",
     "With a new certificate and nats-server --signal reload, the tls rung holds."},
    {"tls_not_yet_valid",
     "The certificate begins in the future: it was made on a machine whose clock is ahead, or the "
     "clock of this one is behind.",
     "date -u; {on_host}date -u", "The tls rung holds once the clocks agree."},
    {"tls_client_cert",
     "The server wants a certificate from its clients, and none was named. Heddle's actors have "
     "no option for one: they get in only when the server asks for none.",
     "heddle-preflight --tlscert client.pem --tlskey client-key.pem --nats-url {url}",
     "The tls rung holds. For Heddle's actors: verify is gone from the server's tls block."},
    {"tls_client_refused",
     "The client certificate was shown and the server did not take it: its authority is not the "
     "server's ca_file, it is out of its time, or it is not meant for clients.",
     "openssl x509 -in client.pem -noout -issuer -dates -ext extendedKeyUsage",
     "With a certificate that the server's ca_file has signed, the tls rung holds."},
    {"tls_files",
     "A file named for TLS cannot be used: it is not there, is no PEM, is locked with a "
     "passphrase, or the key is not the certificate's.",
     "openssl pkey -in client-key.pem -noout -check; openssl x509 -in client.pem -noout -subject",
     "The tls rung holds."},
    {"tls_first",
     "The server begins with TLS before it says a word (handshake_first), and a client must know "
     "that. Heddle's actors have no option for it.",
     "heddle-preflight --tlsfirst --nats-url {url}   and for Heddle, in the server's tls block: "
     "handshake_first: auto",
     "The tls rung holds, and without --tlsfirst too once the server takes both."},
    {"tls_first_here",
     "The server begins with TLS, and the libnats that this program was built with cannot: that "
     "needs 3.9. The check itself can, so the rungs before it hold.",
     SERVER_CONF "handshake_first" CONF_FILE
                 "   set it to auto, or build heddle-preflight with libnats 3.9 or later",
     "With nats-server --signal reload, the tls rung holds without --tlsfirst."},
    {"tls_not_first", "TLS was to begin at once, and this server says its INFO in clear first.",
     "heddle-preflight --nats-url tls://{site}:{port}", "Without --tlsfirst the tls rung holds."},
    {"tls_optional",
     "The server offers encryption and does not demand it. Heddle's client then goes on in clear, "
     "password included, whatever the URL says.",
     SERVER_CONF "allow_non_tls" CONF_FILE,
     "Without allow_non_tls and with nats-server --signal reload, the tls rung holds."},
    {"tls_version",
     "The server, or something in between, speaks only versions of TLS before 1.2, which neither "
     "this nor Heddle's client takes.",
     SERVER_CONF "tls" CONF_FILE, "The tls rung names TLSv1.2 or TLSv1.3."},
    {"tls_failed", "The encrypted session did not come about, and not because of the certificate.",
     SERVER_LOG, "The tls rung holds."},
    {"auth_required", "The server wants a login and the URL has none.", TYPE_LOGIN,
     "The auth rung holds."},
    {"auth_failed", "The server knows no such user, password, token or key. It does not say which.",
     TYPE_LOGIN,
     "The auth rung holds. If not, the server's log names the user it saw: " SERVER_LOG},
    {"auth_expired",
     "The login was good once: it has expired or was revoked. Or the clocks differ.",
     "date -u; {on_host}date -u", "With a new login the auth rung holds."},
    {"creds_file",
     "The file to log in with cannot be used, so the server was not asked. A credentials file has "
     "a JWT and a seed between lines of dashes; an NKey file has one line, SU…",
     "ls -l FILE   or have a new one made: nsc generate creds --name USER > FILE",
     "The auth rung holds."},
    {"creds_open", "Every user of the machine can read the key that this login is made with.",
     "chmod 600 FILE", "The auth rung holds without a warning."},
    {"max_connections", "The server, or the account, has all the connections it allows.",
     "curl -s http://{site}:8222/varz | grep connections",
     "connections is below max_connections, and the auth rung holds."},
    {"permissions", "The login is good, but its rights do not cover this subject.",
     SERVER_CONF "permissions" CONF_FILE,
     "With heddle.> among the rights and nats-server --signal reload, the complaint is gone."},
    {"slow_consumer",
     "Messages come faster than they are taken: the server drops a client that lags, and libnats "
     "drops messages. Whoever stops reading slows every publisher of the mesh.",
     "curl -s http://{site}:8222/varz | grep slow_consumers", "The count stays where it is."},
    {"max_payload",
     "The server takes no message as large as this one: it would end the connection of whoever "
     "sends it.",
     SERVER_CONF "max_payload" CONF_FILE,
     "With a larger max_payload and nats-server --signal reload, the room rung holds."},
    {"lame_duck",
     "The server is being shut down and sends its clients away. Heddle's actors do not "
     "come back by themselves after that.",
     CHECK_AGAIN, "The link is up again; restart the actors."},
    {"closed", "The server took the connection and then ended it without a reason given.",
     SERVER_LOG, NATS_HOLDS},
    {"no_router", "Nobody is subscribed on heddle.tasks.incoming: tasks are lost as they are sent.",
     START_ROUTER, SMOKE_DONE},
    {"router_silent",
     "Somebody takes what comes on heddle.tasks.incoming and passed the task on to nobody: a "
     "router "
     "that hangs, or a listener that is no router.",
     ACTORS "   then read the log of the router", SMOKE_DONE},
    {"no_worker",
     "Nobody serves this type on this tier, and nothing tells the sender: a task that a router "
     "passes on to nobody gets no dead letter.",
     START_WORKER, SMOKE_DONE},
    {"moved_tier",
     "The router's tier_overrides send this type to another tier than its tasks ask for, and there "
     "nobody answers. Tasks that are moved still ask for the old tier.",
     START_WORKER "   or take {name} out of tier_overrides", SMOKE_DONE},
    {"worker_silent",
     "A worker has the task and sent no result: it still works, hangs, or died of "
     "it. For a worker that dies nothing more is ever published.",
     ACTORS "   then read the log of {name}", SMOKE_DONE},
    {"worker_stopped",
     "The process is stopped, by SIGSTOP or ^Z in its shell: the server keeps its connection and "
     "what comes for it, until that is too much or a few of its pings go unanswered.",
     "kill -CONT {pid}", SMOKE_DONE},
    {"no_goal_taker",
     "No pipeline and no orchestrator is subscribed on heddle.goals.incoming: goals are lost as "
     "they "
     "are sent.",
     "heddle pipeline --config CONFIG --nats-url {url}   or: "
     "heddle orchestrator --config CONFIG --nats-url {url}",
     "Send the goal again: it is answered."},
    {"goal_silent",
     "A pipeline or an orchestrator has the goal and sent no result: it works, hangs, or waits for "
     "a "
     "worker that is not there.",
     ACTORS "   then read the log of the pipeline or orchestrator",
     "Send the goal again: it is answered."},
    {"dead_lettered", "The router turned the task down; the reason stands beside it.",
     "heddle dead-letter monitor --nats-url {url}", SMOKE_DONE},
    {"rate_limited",
     "The router had no token left for this tier and dropped the task: it is not tried again. One "
     "token comes back every 60/max_concurrent seconds, and a smoke takes one.",
     "grep -n -A 8 rate_limits configs/router_rules.yaml",
     "A smoke after the next token comes back completed."},
    {"invalid_task",
     "What was sent is no task to this router: the field that is named is missing or wrong, as "
     "when "
     "the two are of different versions.",
     "pip show heddle-ai   and compare it with the router's", SMOKE_DONE},
    {"unknown_tier", "The router sends this type to a tier that it does not know.",
     "grep -n -A 8 tier_overrides configs/router_rules.yaml", SMOKE_DONE},
    {"failed",
     "The worker answered, and its answer is an error: the task reached it and came back.",
     ACTORS "   then read the log of {name}", SMOKE_DONE},
    {"started_as_worker",
     "`heddle worker` on a processor's config starts, subscribes, looks healthy, and answers every "
     "task with the error 'system_prompt'.",
     "heddle processor --config {path} --nats-url {url} --tier {tier}   after the running one is "
     "ended",
     SMOKE_DONE},
    {"failed_goal",
     "The goal was taken and answered with an error. Heddle 0.9.2 ends every pipeline's goal so "
     "where the error is about len(); others are of the goal or of its workers.",
     ACTORS "   then read the log of the pipeline or orchestrator",
     "A task (heddle-preflight --once --smoke) comes back completed."},
    {"denied", "The server does not let this login publish there.",
     SERVER_CONF "permissions" CONF_FILE, SMOKE_DONE},
    {"deaf",
     "The task went out; the server does not let this login listen where its answer comes, so "
     "whether it is done cannot be seen from here.",
     SERVER_CONF "permissions" CONF_FILE,
     "With heddle.results.> among what it may subscribe, the smoke comes back completed."},
    {"read_only", "This was started with --read-only, so nothing is published.",
     "heddle-preflight --nats-url {url}", SMOKE_DONE},
    {"harmful_smoke",
     "A worker type that is not one plain token of a subject goes astray or kills the router that "
     "takes it; a payload that is no JSON object kills the worker.",
     "heddle-preflight --once --smoke --worker-type echo --nats-url {url}", SMOKE_DONE},
    {"not_connected", "There is no connection, so nothing was sent.", CHECK_AGAIN, SMOKE_DONE},
    {"duplicate",
     "One task, more than one result: two routers, or two workers in different queue "
     "groups (a worker and a processor of one name), each do it.",
     ACTORS "   then stop the one too many", "One smoke brings one result."},
    {"env_missing",
     "A backend of this tier has no address or key in this environment. Heddle only "
     "warns, and so do we: the actor may run in another environment, or need no backend.",
     "export OLLAMA_URL=http://localhost:11434   or: export LM_STUDIO_URL=http://localhost:1234/v1",
     "The env row holds when this is started again from that shell."},
    {"env_missing_key",
     "A backend of this tier has no key in this environment. Heddle only warns, and so do we: the "
     "actor may run in another environment, or need no backend.",
     "export ANTHROPIC_API_KEY=your-key",
     "The env row holds when this is started again from that shell."},
    {"config_not_found", "There is no regular file of that name, or its link leads nowhere.",
     "ls -la {path}", ROW_HOLDS},
    {"config_empty", "The file holds no YAML value: it is empty, null, or all comments.",
     "ls -la {path}; heddle validate {path}", ROW_HOLDS},
    {"config_invalid",
     "The file is no YAML that Heddle's loader takes. A tab in the indentation and "
     "a colon in plain text are the usual causes.",
     "heddle validate {path}", ROW_HOLDS},
    {"config_dies", "Heddle would not say what is wrong here: it stops with a traceback.",
     "python3 -c 'import sys, yaml; yaml.safe_load(open(sys.argv[1]))' {path}", ROW_HOLDS},
    {"config_unreadable",
     "The file is there and this user may not read it. Heddle, run by this user, would stop with a "
     "traceback.",
     "ls -l {path}   then, as its owner: chmod u+r {path}, or run this as who may read it",
     ROW_HOLDS},
    {"other_tier",
     "It runs, on another tier than the one that counts here: a router that sends to the one never "
     "reaches the other. Heddle's command line does not take the tier from the config.",
     "heddle {kind} --config {path} --nats-url {url} --tier {tier}   after the running one is "
     "ended",
     "The live row counts it on the right tier."},
    {"wrong_command",
     "Somebody is subscribed there in another queue group: it was started by another command than "
     "the config is for. `heddle worker` on a processor's config answers every task FAILED.",
     "pgrep -af 'heddle .*{name}'   end it, then: "
     "heddle {kind} --config {path} --nats-url {url}{tier_flag}",
     "The live row counts it."},
    {"poison",
     "Heddle 0.9.2 does not survive a message that is JSON and no object, one that is nested too "
     "deep, or a task whose worker_type holds a blank. Whoever sent it will send it again.",
     ACTORS "   restart who is gone; then find who publishes it", "Who was gone is counted again."},
    {"poison_ui",
     "A task with parent_task_id null does no harm to actors, and ends every open `heddle ui`. "
     "Leave the field out.",
     ACTORS "   then open heddle ui again", "It does not come again."},
    {"empty_bus",
     "The server answers and nobody of Heddle's is there: the mesh is down, or it meets on another "
     "server, or in another account of this one.",
     START_ROUTER "   or look where it is: " ACTORS, "Panels appear by themselves."},
    {"refused_subscription",
     "The server refused what the actor asked for. Heddle logs actor.subscribed all the same, and "
     "the refusal comes later, on stderr: it looks healthy and gets nothing.",
     SERVER_CONF "permissions" CONF_FILE, "The actor is counted on its subject."},
    {"double_workers",
     "A worker and a processor of one name and tier are two queue groups, and each group gets "
     "every task. The config says which of the two it should be.",
     ACTORS "   then end the one that the config does not ask for", "One smoke brings one result."},
    {"many_routers",
     "A router of Heddle's from git is in no queue group, so each one routes every task.",
     ACTORS "   then leave one router running", "One smoke brings one result."},
    {"bogus_tier",
     "Routers send to local, standard and frontier alone. What was typed after --tier is taken as "
     "it is, and nobody warns.",
     ACTORS "   then start it again with --tier local, standard or frontier",
     "It is counted on that tier."},
    {"wide_name",
     "`name: \"*\"` makes a subject with a wildcard: it gets every worker's tasks beside the one "
     "that they are for.",
     "heddle validate {path}", "No actor is called * any more."},
    {"double_goals",
     "heddle.goals.incoming is read by two queue groups, pipelines and orchestrators: each takes "
     "every goal. That may be meant; then each goal has two results.",
     ACTORS, "One goal brings one result."},
    {"not_running",
     "It has a config here and nobody is subscribed on its subject. It may have ended at its "
     "start, run on another server, or never have been started.",
     ACTORS, "The live row counts it."},
    {"log_says", "The bus does not show what an actor says to its log alone.",
     ACTORS "   then mend what it says, and start it again",
     "Its log says nothing of it any more."},
    {"stuck_start",
     "A connection without a subscription is an idle MCP gateway, a program that only publishes, "
     "or an actor that hangs between connect and subscribe: its log then has actor.connected and "
     "no actor.subscribed.",
     ACTORS "   then read the log of the one that is missing", "The live row counts it."},
    {"slow_actor",
     "The server holds what the actor has not taken yet. When that is too much or too old, the "
     "server cuts the connection, and Heddle's actors do not come back.",
     ACTORS "   then start more of it, or send less", "Nothing waits for it any more."},
    {"bad_config",
     "The file is YAML, and that is all that Heddle's check asks; what is in it still stops the "
     "actor, or sends its work astray.",
     "heddle validate {path}", ROW_HOLDS},
    {"url_split",
     "Actors meet on one server. Heddle's commands take nats://nats:4222 by themselves, `heddle "
     "ui` nats://localhost:4222, and a gateway what its YAML says.",
     "heddle-preflight --once --nats-url {url}   then start them with one --nats-url",
     "All panels show one URL."},
    {"dead_letter_unheard",
     "The router publishes what it turns down on heddle.tasks.dead_letter, where nobody listens "
     "unless somebody is told to.",
     "heddle dead-letter monitor --nats-url {url}", "Somebody is subscribed there."},
    {"env_note",
     "The check looks at variables alone. What Heddle takes from elsewhere, or prefers, it does "
     "not say.",
     "env | grep -E '^(OLLAMA|LM_STUDIO)_URL='; ls -l ~/.heddle/config.yaml", "The note is gone."},
    {"zombie",
     "Heddle's actors never come back after a lost connection: the process lives, with no "
     "connection, and Heddle itself logs nothing of it (its client writes UnexpectedEOF or the "
     "like to stderr). Only a restart helps (a scheduler needs SIGKILL).",
     "pgrep -af 'heddle {kind}'   kill it, then: heddle {kind} --config {path} --nats-url "
     "{url}{tier_flag}",
     "The live row counts it again."},
};

const Remedy *remedy_table(unsigned *count)
{
    *count = G_N_ELEMENTS(table);
    return table;
}

const Remedy *remedy_find(const char *id)
{
    for (gsize i = 0; i < G_N_ELEMENTS(table); i++)
        if (strcmp(table[i].id, id) == 0)
            return &table[i];
    return NULL;
}
