"""A proxy for the fake's own address only: CONNECT, and requests that name the whole URL."""

import asyncio

from server import html_response


class Far(asyncio.Protocol):
    """The end of a tunnel that faces the fake itself."""

    def __init__(self, near):
        self.near, self.transport = near, None

    def connection_made(self, transport):
        self.transport = transport

    def data_received(self, data):
        self.near.transport.write(data)

    def connection_lost(self, exc):
        self.near.transport.close()


def connect(near, request):
    """Answers CONNECT; returns the task that opens the tunnel, or None when it is refused."""
    service = near.service
    entry = service.audit.open(request)
    if request.target not in service.hosts:
        service.audit.frown("the proxy was asked for another address", request)
        service.audit.close(entry, 403)
        near.write(html_response(403, "This proxy leads to itself only"), close=True)
        return None
    return asyncio.get_running_loop().create_task(tunnel(near, request, entry))


async def tunnel(near, request, entry):
    port = int(request.target.rpartition(":")[2])
    loop = asyncio.get_running_loop()
    try:
        _, far = await loop.create_connection(lambda: Far(near), near.service.address, port)
    except OSError:
        near.service.audit.close(entry, 502)
        near.write(html_response(502, "Bad Gateway"), close=True)
        return
    near.service.audit.close(entry, 200)
    near.transport.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
    near.far = far
    if near.buffer:
        far.transport.write(bytes(near.buffer))
        near.buffer.clear()


def unwrap(service, request):
    """A request that names the whole URL is logged, then goes on as if it had come directly."""
    entry = service.audit.open(request)
    entry["service"], entry["path"] = "proxy", request.target
    service.audit.close(entry, 200)
    rest = request.target.partition("://")[2]
    request.target = "/" + rest.partition("/")[2]
    request.path, _, request.query = request.target.partition("?")
