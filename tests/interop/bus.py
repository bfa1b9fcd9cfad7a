"""What the scripts here do on a bus themselves, with the client library that Heddle uses.

    bus.py URL publish SUBJECT TEXT          TEXT as it is, then wait until the server has it
    bus.py URL connz [FILTER]                each server's raw reply on a line of its own
    bus.py URL play SUBJECT[:QUEUE]…         subscribe these on one connection, until killed;
                                             says "ready" when the server has them
"""

import asyncio
import json
import sys

import nats


async def publish(connection, subject, text):
    await connection.publish(subject, text.encode())
    await connection.flush()


async def connz(connection, subject=None):
    """Servers answer each for itself, and nobody says how many they are: until quiet."""
    ask = {"subscriptions_detail": True, "limit": 20000}
    if subject is not None:
        ask["filter_subject"] = subject
    inbox = connection.new_inbox()
    replies = await connection.subscribe(inbox)
    await connection.publish("$SYS.REQ.ACCOUNT.PING.CONNZ", json.dumps(ask).encode(), reply=inbox)
    try:
        while True:
            reply = await replies.next_msg(timeout=0.3)
            sys.stdout.buffer.write((str(reply.headers).encode() if reply.headers else reply.data)
                                    + b"\n")
    except nats.errors.TimeoutError:
        pass


async def play(connection, *roles):
    for role in roles:
        subject, _, queue = role.partition(":")
        await connection.subscribe(subject, queue=queue)
    await connection.flush()
    print("ready", flush=True)
    await asyncio.Event().wait()


async def main():
    url, verb, *words = sys.argv[1:]

    async def on_error(error):
        print("error:", error, flush=True)

    connection = await nats.connect(url, allow_reconnect=False, error_cb=on_error)
    await {"publish": publish, "connz": connz, "play": play}[verb](connection, *words)
    await connection.close()


asyncio.run(main())
