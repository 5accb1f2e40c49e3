"""A strict stand-in for Spotify's accounts service and Web API. See README.md."""

import argparse
import asyncio
import gc
import json
import os
import signal
import sys

import state
import world as w
from server import Connection
from service import Service


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0: any free one")
    parser.add_argument("--seed", type=int, default=1, help="of everything made up")
    parser.add_argument("--songs", type=int, default=600, help="how many songs are liked")
    parser.add_argument("--odd", choices=("yes", "no"), default="yes",
                        help="awkward songs among them (from 60 songs on)")
    parser.add_argument("--regime", choices=w.REGIMES, default="extended")
    parser.add_argument("--statistics", choices=("yes", "no"), default="yes",
                        help="whether audio features answer in extended")
    parser.add_argument("--latency-ms", type=int, default=0)
    parser.add_argument("--client-id", action="append", help="registered app; may be repeated")
    parser.add_argument("--state", metavar="FILE", help="kept here across restarts")
    return parser.parse_args()


def build(args):
    world = w.World(args.seed, args.songs, args.odd == "yes", args.client_id or
                    (w.DEFAULT_CLIENT,))
    world.set_switch("regime", args.regime)
    world.set_switch("statistics", args.statistics == "yes")
    world.set_switch("latency_ms", args.latency_ms)
    return Service(world)


async def serve(service, port, state_file):
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    server = await loop.create_server(lambda: Connection(service), "127.0.0.1", port, backlog=512)
    port = server.sockets[0].getsockname()[1]
    service.listen_at(port)
    accounts = f"http://127.0.0.1:{port}"
    print(json.dumps({
        "port": port, "api_url": accounts + "/v1", "accounts_url": accounts,
        "control_url": accounts + "/_control", "client_id": min(service.world.clients)}),
        flush=True)
    await stop.wait()
    server.close()
    for connection in list(service.connections):
        connection.transport.abort()
    if state_file:
        state.save(service, state_file)


def main():
    args = arguments()
    try:
        if args.state and os.path.exists(args.state):
            service = state.load(args.state)
        else:
            service = build(args)
    except (OSError, ValueError, KeyError, TypeError) as err:
        sys.exit(f"fake: cannot start: {err}")
    gc.freeze()  # the catalogue lives as long as the program
    asyncio.run(serve(service, args.port, args.state))


if __name__ == "__main__":
    main()
