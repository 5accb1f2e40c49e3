"""HTTP/1.1 with keep-alive on asyncio: just enough, fast, and able to misbehave on request."""

import asyncio
import gzip
import json
import socket
import struct
from http import HTTPStatus

HEAD_MAX = 32 * 1024
BODY_MAX = 1024 * 1024
JSON_TYPE = "application/json; charset=utf-8"


class Request:
    __slots__ = ("method", "target", "path", "query", "version", "headers", "body", "connection",
                 "ask", "refused")

    def __init__(self, method, target, version, headers):
        self.method, self.target, self.version, self.headers = method, target, version, headers
        self.path, _, self.query = target.partition("?")
        self.body = b""
        self.connection = None
        self.ask = self.refused = None  # what the services beside the music service made of it

    @property
    def content_type(self):
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


class Response:
    """`manner` is how it is sent: whole, or one of the ways in which sending goes wrong."""

    __slots__ = ("status", "body", "content_type", "headers", "manner", "seconds")

    def __init__(self, status, body=b"", content_type="text/plain; charset=utf-8", headers=()):
        self.status = status
        self.body = body if isinstance(body, bytes) else body.encode()
        self.content_type = content_type
        self.headers = list(headers)
        self.manner = "whole"
        self.seconds = 0.3


def json_response(status, value, headers=()):
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return Response(status, text, JSON_TYPE, headers)


def html_response(status, title, text=""):
    page = f"<!DOCTYPE html><html lang=en><title>{title}</title><body><p>{text or title}</p>"
    return Response(status, page, "text/html; charset=utf-8")


class BadRequest(Exception):
    def __init__(self, status, text):
        super().__init__(text)
        self.status = status


LENGTH_REQUIRED = "Error 411 (Length Required)!!1"


class Connection(asyncio.Protocol):
    def __init__(self, service):
        self.service = service
        self.buffer = bytearray()
        self.transport = None
        self.task = None
        self.head = None  # a request whose body is still coming
        self.missing = 0
        self.far = None  # the other end, once this is a proxy's tunnel
        self.asks = ""  # the service that the request in hand is for

    def connection_made(self, transport):
        self.transport = transport
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.service.connections.add(self)

    def connection_lost(self, exc):
        self.service.connections.discard(self)
        if self.task:
            self.task.cancel()
        if self.far:
            self.far.transport.close()

    def data_received(self, data):
        if self.far:
            self.far.transport.write(data)
            return
        self.buffer += data
        self.pump()

    def put(self, data):
        self.service.audit.moved(self.asks, sent=len(data))
        self.transport.write(data)

    def pump(self):
        while self.task is None and not self.transport.is_closing():
            try:
                request = self.next_request()
            except BadRequest as err:
                title = LENGTH_REQUIRED if err.status == 411 else str(err)
                self.service.refused(err.status, self.head)
                self.write(html_response(err.status, title), close=True)
                return
            if request is None:
                return
            if request.method == "CONNECT":
                self.task = self.service.connect(self, request)
                return
            if not request.target.startswith("/"):
                self.service.unwrap(request)
            try:
                answer = self.service.respond(request)
            except Exception:
                self.service.failed(request)
                self.reset()
                return
            if isinstance(answer, Response) and answer.manner == "whole":
                self.write(answer, close=closes(request), head_only=request.method == "HEAD")
            else:
                self.task = asyncio.get_running_loop().create_task(self.finish(request, answer))

    def next_request(self):
        if self.head is None:
            end = self.buffer.find(b"\r\n\r\n")
            if end < 0:
                if len(self.buffer) > HEAD_MAX:
                    raise BadRequest(431, "Request header fields too large")
                return None
            self.head = parse_head(bytes(self.buffer[:end]), self.service.proxying)
            self.head.connection = self
            self.asks = self.service.audit.service_of(self.head)
            self.service.audit.moved(self.asks, received=end + 4)
            del self.buffer[:end + 4]
            self.missing = body_length(self.head)
            if self.head.headers.get("expect", "").lower() == "100-continue":
                self.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        if len(self.buffer) < self.missing:
            return None
        self.service.audit.moved(self.asks, received=self.missing)
        request, self.head = self.head, None
        request.body = bytes(self.buffer[:self.missing])
        del self.buffer[:self.missing]
        return request

    async def finish(self, request, answer):
        try:
            response = answer if isinstance(answer, Response) else await answer
            await self.send(request, response)
        except Exception:
            self.service.failed(request)
            self.reset()
            return
        self.task = None
        self.pump()

    def write(self, response, close=False, head_only=False, length=None, body=None):
        body = response.body if body is None else body
        lines = [f"HTTP/1.1 {response.status} {reason(response.status)}"]
        if response.status != 304:
            lines.append(f"content-length: {len(response.body) if length is None else length}")
        if response.body:
            lines.append(f"content-type: {response.content_type}")
        lines += [f"{name}: {value}" for name, value in response.headers]
        if close:
            lines.append("connection: close")
        head = "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n"
        self.put(head if head_only else head + body)
        if close:
            self.transport.close()

    async def send(self, request, response):
        body, manner = response.body, response.manner
        if manner == "reset":
            self.reset()
        elif manner == "reset_body":
            self.write(response, length=max(len(body), 2), body=body[:len(body) // 2])
            await asyncio.sleep(0.02)  # a reset at once would throw away what was written
            self.reset()
        elif manner == "cut":
            self.write(response, close=True, length=len(body) + 100)
        elif manner == "silent":
            await asyncio.Event().wait()
        elif manner == "slow":
            await self.drip(response)
        elif manner == "chunked":
            self.write_chunked(response)
        elif manner == "gzip" and "gzip" in request.headers.get("accept-encoding", "") and body:
            response.body = gzip.compress(body, 1)
            response.headers.append(("content-encoding", "gzip"))
            self.write(response)
        else:
            self.write(response, close=manner == "close" or closes(request),
                       head_only=request.method == "HEAD")

    async def drip(self, response):
        body, pieces = response.body, max(8, int(response.seconds))
        step = max(1, -(-len(body) // pieces))
        self.write(response, length=len(body), body=b"")
        for start in range(0, len(body), step):
            await asyncio.sleep(response.seconds / pieces)
            self.put(body[start:start + step])

    def write_chunked(self, response):
        body = response.body
        lines = [f"HTTP/1.1 {response.status} {reason(response.status)}",
                 "transfer-encoding: chunked", f"content-type: {response.content_type}"]
        lines += [f"{name}: {value}" for name, value in response.headers]
        parts = ["\r\n".join(lines).encode("latin-1") + b"\r\n\r\n"]
        for start in range(0, len(body), 1000):
            piece = body[start:start + 1000]
            parts.append(b"%x\r\n%s\r\n" % (len(piece), piece))
        self.put(b"".join(parts) + b"0\r\n\r\n")

    def reset(self):
        sock = self.transport.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.transport.abort()


REASONS = {status.value: status.phrase for status in HTTPStatus}


def reason(status):
    return REASONS.get(status, "Unknown")


def closes(request):
    wish = request.headers.get("connection", "").lower()
    return "close" in wish or (request.version == "HTTP/1.0" and "keep-alive" not in wish)


def parse_head(head, proxying=False):
    lines = head.decode("latin-1").split("\r\n")
    parts = lines[0].split(" ")
    if len(parts) != 3 or parts[2] not in ("HTTP/1.1", "HTTP/1.0"):
        raise BadRequest(400, "Bad request line")
    headers = {}
    for line in lines[1:]:
        name, colon, value = line.partition(":")
        name = name.lower()
        if not colon or not name or name != name.strip():
            raise BadRequest(400, "Bad header")
        if name in headers and name in ("host", "content-length", "authorization"):
            raise BadRequest(400, f"Repeated header {name}")
        headers[name] = value.strip()
    request = Request(parts[0], parts[1], parts[2], headers)
    whole = parts[0] == "CONNECT" or parts[1].startswith("http://")
    if not parts[1].startswith("/") and not (proxying and whole):
        raise BadRequest(400, "Bad request target")
    if parts[2] == "HTTP/1.1" and "host" not in headers:
        raise BadRequest(400, "No host")
    return request


def body_length(request):
    """The service wants a length with every write, also with an empty one."""
    text = request.headers.get("content-length")
    if "transfer-encoding" in request.headers:
        raise BadRequest(411, LENGTH_REQUIRED)
    if text is None:
        if request.method in ("POST", "PUT", "PATCH"):
            raise BadRequest(411, LENGTH_REQUIRED)
        return 0
    if not text.isdigit():
        raise BadRequest(400, "Bad content-length")
    if int(text) > BODY_MAX:
        raise BadRequest(413, "Request entity too large")
    return int(text)
