"""A strict stand-in for Spotify and three services beside it. See README.md."""

import argparse
import asyncio
import gc
import json
import os
import signal
import ssl
import sys

import state
import world as w
from server import Connection
from service import Service


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0: any free one")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument("--tls", nargs=2, metavar=("CERT", "KEY"),
                        help="serve https; the control calls stay on a second, plain port")
    parser.add_argument("--proxy", choices=("yes", "no"), default="no",
                        help="also be an HTTP proxy that leads to the fake itself")
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


def origin(scheme, host, port):
    return f"{scheme}://[{host}]:{port}" if ":" in host else f"{scheme}://{host}:{port}"


async def listen(service, args):
    """Returns the servers and what is printed about them."""
    loop = asyncio.get_running_loop()
    context = None
    if args.tls:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(*args.tls)
    servers = [await loop.create_server(lambda: Connection(service), args.host, args.port,
                                        backlog=512, ssl=context)]
    port = servers[0].sockets[0].getsockname()[1]
    base = plain = origin("http", args.host, port)
    if args.tls:
        servers.append(await loop.create_server(lambda: Connection(service), args.host, 0))
        plain = origin("http", args.host, servers[1].sockets[0].getsockname()[1])
        base = f"https://localhost:{port}"
    service.proxying = args.proxy == "yes"
    service.listen_at(base, args.host)
    about = {"port": port, "api_url": base + "/v1", "accounts_url": base,
             "control_url": plain + "/_control", "client_id": min(service.world.clients),
             "reccobeats_url": base + "/reccobeats", "musicbrainz_url": base + "/musicbrainz/ws/2",
             "lastfm_url": base + "/lastfm/2.0/", "lastfm_key": service.world.lastfm_key}
    return servers, about | ({"proxy_url": plain} if service.proxying else {})


async def serve(service, args):
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    servers, about = await listen(service, args)
    print(json.dumps(about), flush=True)
    await stop.wait()
    for server in servers:
        server.close()
    for connection in list(service.connections):
        connection.transport.abort()
    if args.state:
        state.save(service, args.state)


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
    try:
        asyncio.run(serve(service, args))
    except (OSError, ssl.SSLError) as err:
        sys.exit(f"fake: cannot serve: {err}")


if __name__ == "__main__":
    main()
