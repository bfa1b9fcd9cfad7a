"""Heddle's bus on nats-py, over a table of URLs, beside what say_url says of each.

    url_view.py SAY_URL DIR     DIR holds cert.pem and key.pem and takes the servers' port files

Only the number and the length of the tries is ours; the rest is as Heddle calls nats.connect(). No
name is looked up: those that a row needs are in `names`, the others do not exist."""

import asyncio
import contextlib
import ctypes
import glob
import json
import os
import signal
import socket
import subprocess
import sys
import time

import nats
from heddle.bus.nats_adapter import NATSBus

SAY_URL, DIR = sys.argv[1:]
PATIENCE_S = 10  # of a try that should come to something; a loaded machine may be slow
SILENT_S = 0.5  # of a try at an address that never answers

PLAIN = {"has_info": True}
LOGIN = {"has_info": True, "auth_required": True}
TLS = {"has_info": True, "tls_required": True}
BESIDE = {"login_beside": True}

# Server, URL with {port} (and {other}, of another server), facts.
ROWS = [
    ("plain", "nats://127.0.0.1:{port}", PLAIN),
    ("plain", "127.0.0.1:{port}", PLAIN),
    ("plain", "nats://LOCALHOST:{port}", PLAIN),
    ("plain", "LocalHost:{port}", PLAIN),
    ("plain", "127.1:{port}", PLAIN),
    ("plain", "nats://127.0.0.1:00{port}", PLAIN),
    ("plain", "nats://127.0.0.1", PLAIN),  # port 4222 leads to the server here
    ("plain", "nats://127.0.0.1:", PLAIN),
    ("plain", "localhost", PLAIN),
    ("plain", "nats://127.0.0.1:{port}/", PLAIN),
    ("plain", "nats://127.0.0.1:{port}/a/b?x=1#f", PLAIN),
    ("plain", "nats://127.0.0.1:{port}?x=1", PLAIN),
    ("plain", "localhost?x=1,2", PLAIN),
    ("plain", "  nats://127.0.0.1:{port}", PLAIN),
    ("plain", "nats://127.0.0.1:{port}\n", PLAIN),
    ("plain", "nats://127.0.0.1:{port}/ ", PLAIN),
    ("plain", "nats://@127.0.0.1:{port}", PLAIN),
    ("plain", "nats://me:p%40q@127.0.0.1:{port}", PLAIN),
    ("plain", "nats://127.0.0.1:{port}", {**PLAIN, **BESIDE, "tls_beside": True}),
    ("plain", "nats://127.0.0.1:{port} ", {}),
    ("plain", "nats://127.0.0.1 ", {}),
    ("plain", " 127.0.0.1:{port}", {}),
    ("plain", "NATS://127.0.0.1:{port}", {}),
    ("plain", "Tls://127.0.0.1:{port}", {}),
    ("plain", "http://127.0.0.1:{port}", {}),
    ("plain", "https://127.0.0.1:{port}", {}),
    ("plain", "WS://127.0.0.1:{port}", {}),
    ("plain", "ws://127.0.0.1:{port}", {}),
    ("plain", "wss://127.0.0.1:{port}", {}),
    ("plain", "", {}),
    ("plain", "nats://", {}),
    ("plain", "nats://:{port}", {}),
    ("plain", ":{port}", {}),
    ("plain", "nats://none:{port}", {}),
    ("plain", "None", {}),
    ("plain", "nats://127.0.0.1:0", {}),
    ("plain", "nats://127.0.0.1:65536", {}),
    ("plain", "nats://::1:{port}", {}),
    ("plain", "nats://[127.0.0.1]:{port}", {}),
    ("plain", "nats://[::1]:{port}", {"refused": True}),
    ("plain", "nats://[fe80::1%25lo]:{port}", {}),
    ("plain", "nats://127.0.0.1:{port},nats://127.0.0.1:{other}", {}),
    ("plain", "nats://127.0.0.1:{port},127.0.0.1:{other}", {}),
    ("plain", "127.0.0.1:{port},127.0.0.1:{other}", {}),
    ("plain", "nats://127.0.0.1,nats://127.0.0.1", {}),
    ("plain", "localhost,localhost", {}),
    ("plain", "nats://me:pa[ss@127.0.0.1:{port}", {}),
    ("plain", "tls://127.0.0.1:{port}", PLAIN),
    ("plain", "nats://refused.test:{port}", PLAIN),  # its first address refuses
    ("plain", "nats://silent.test:{port}", {**PLAIN, "silent": "127.0.0.1"}),
    ("login", "nats://me:p@q@127.0.0.1:{port}", LOGIN),
    ("login", "me:p@q@127.0.0.1:{port}", LOGIN),
    ("login", "nats://me:p@q@127.0.0.1:{port}", {**LOGIN, **BESIDE}),
    ("login", "tls://me:p@q@127.0.0.1:{port}", LOGIN),
    ("login", "nats://me:p%40q@127.0.0.1:{port}", LOGIN),
    ("login", "nats://%6de:p@q@127.0.0.1:{port}", LOGIN),
    ("login", "NATS://me:p@q@127.0.0.1:{port}", LOGIN),
    ("login", "me:p@q@127.0.0.1:{other},me:p@q@127.0.0.1:{port}", LOGIN),
    ("login", "nats://127.0.0.1:{port}", {**LOGIN, **BESIDE}),
    ("token", "nats://t.k@127.0.0.1:{port}", LOGIN),
    ("token", "t.k@127.0.0.1:{port}", LOGIN),
    ("token", "nats://t%2Ek@127.0.0.1:{port}", LOGIN),
    ("tls", "tls://127.0.0.1:{port}", TLS),
    ("tls", "nats://127.0.0.1:{port}", TLS),
    ("tls", "127.0.0.1:{port}", TLS),
    ("either", "tls://127.0.0.1:{port}", PLAIN),
    ("either", "nats://127.0.0.1:{port}", PLAIN),
]

TLS_BLOCK = f'tls {{cert_file: "{DIR}/cert.pem", key_file: "{DIR}/key.pem"}}\n'
SERVERS = {
    "plain": "",
    "login": 'authorization {user: me, password: "p@q"}\n',
    "token": 'authorization {token: "t.k"}\n',
    "tls": TLS_BLOCK,
    "either": TLS_BLOCK + "allow_non_tls: true\n",
}


def die_with_us():
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG


def start(name, conf, stack):
    """Start a server; returns its port."""
    folder = f"{DIR}/{name}"
    with open(folder + ".conf", "w") as file:
        file.write(f'listen: "127.0.0.1:-1"\nports_file_dir: "{DIR}/"\npid_file: "{folder}.pid"\n' + conf)
    server = subprocess.Popen(
        [os.environ.get("TEST_NATS_SERVER", "nats-server"), "-c", folder + ".conf"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        preexec_fn=die_with_us,
    )
    stack.callback(server.wait)
    stack.callback(server.kill)
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        for path in glob.glob(f"{DIR}/*_{server.pid}.ports"):
            with contextlib.suppress(ValueError), open(path) as file:
                return int(json.load(file)["nats"][0].rsplit(":", 1)[1])
        time.sleep(0.02)
    raise SystemExit(f"no port of server {name}")


def silent_port(stack):
    """A port that swallows what it gets: its backlog is full."""
    listener = stack.enter_context(socket.socket())
    listener.bind(("127.0.0.1", 0))
    listener.listen(0)
    for _ in range(4):
        filler = stack.enter_context(socket.socket())
        filler.setblocking(False)
        filler.connect_ex(listener.getsockname())
    time.sleep(0.1)
    return listener.getsockname()[1]


def refused_port(stack):
    """A port that is taken, and where nobody listens."""
    taken = stack.enter_context(socket.socket())
    taken.bind(("127.0.0.1", 0))
    return taken.getsockname()[1]


class Network:
    """Names and the default port, as the rows want them, put below nats-py's asyncio calls."""

    def __init__(self, stack):
        self.ports = {name: start(name, conf, stack) for name, conf in SERVERS.items()}
        first = {"refused.test": refused_port(stack), "silent.test": silent_port(stack)}
        self.names = {
            name: [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))
                   for port in (dead, self.ports["plain"])]
            for name, dead in first.items()
        }
        self.open = asyncio.open_connection
        asyncio.open_connection = self.open_connection

    async def look_up(self, host, port, *, family=0, type=0, proto=0, flags=0):
        if host in self.names:
            return self.names[host]
        numeric = "127.0.0.1" if host == "localhost" else host
        return socket.getaddrinfo(numeric, port, family, type, proto, socket.AI_NUMERICHOST)

    def open_connection(self, host=None, port=None, **options):
        asyncio.get_running_loop().getaddrinfo = self.look_up
        return self.open(host, self.ports["plain"] if port == 4222 else port, **options)


async def connect(url, patience_s):
    """What Heddle's bus does with it: (connected, encrypted, the error)."""
    real = nats.connect
    errors = []

    async def keep(error):
        errors.append(error)

    def bounded(servers, **options):
        options |= {
            "allow_reconnect": False,
            "max_reconnect_attempts": 1,
            "reconnect_time_wait": 0.01,
            "connect_timeout": patience_s,
            "error_cb": keep,
            "disconnected_cb": None,  # Heddle's takes an argument that nats-py does not pass
        }
        return real(servers, **options)

    nats.connect = bounded
    bus = NATSBus(url)
    try:
        await bus.connect()
        encrypted = bus._nc._transport._io_writer.get_extra_info("ssl_object") is not None
        await bus._nc.close()
        return True, encrypted, ""
    except Exception as error:
        return False, False, f"{error} {errors[:1]}"
    finally:
        nats.connect = real


def predict(questions):
    lines = "".join(json.dumps(question) + "\n" for question in questions)
    said = subprocess.run([SAY_URL], input=lines, capture_output=True, text=True, check=True)
    return [json.loads(line) for line in said.stdout.splitlines()]


async def compare(network):
    urls = [url.format(port=network.ports[server], other=network.ports["plain"])
            for server, url, _ in ROWS]
    answers = predict([{"url": url, "facts": row[2]} for url, row in zip(urls, ROWS)])
    failed = 0
    assert len(answers) == len(ROWS)
    for (server, shown, facts), url, said in zip(ROWS, urls, answers):
        connected, encrypted, error = await connect(url, SILENT_S if "silent" in facts else PATIENCE_S)
        wants_tls = shown.startswith("tls://") or server == "tls"
        in_clear = connected and wants_tls and not encrypted
        agree = connected == (said["state"] != "fail") and in_clear == (said["state"] == "warn")
        failed += not agree
        print("ok  " if agree else "DIFFERENT", server, repr(shown), facts)
        if not agree:
            print(f"    nats-py: {connected=} {encrypted=} {error}\n    we say: {said}")
    return failed


def main():
    with contextlib.ExitStack() as stack:
        failed = asyncio.run(compare(Network(stack)))
    print(f"{len(ROWS) - failed} passed, {failed} failed")
    sys.exit(failed > 0)


main()
