"""What the three services beside the music service share: their paths, ids, names and chances."""

import hashlib
import re
import unicodedata
import uuid
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

SERVICES = ("reccobeats", "musicbrainz", "lastfm")
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
ISRC = re.compile(r"[A-Z]{2}[A-Z0-9]{3}[0-9]{7}")
TARGET_MAX = 8190  # what the web servers in front of such services take as a request line


def service_of(path):
    """Whose path it is; the portal is where a captive network sends its people to sign in."""
    head = path.split("/", 2)[1] if path.startswith("/") else ""
    if head in SERVICES:
        return head
    return {"_control": "control", "sign-in": "portal"}.get(head, "spotify")


def chance(*key):
    """A number in [0, 1) that depends on nothing but the key."""
    digest = hashlib.sha256("\0".join(map(str, key)).encode()).digest()
    return int.from_bytes(digest[:8], "big") / 2**64


def make_uuid(*key):
    digest = hashlib.sha256("\0".join(map(str, ("uuid", *key))).encode()).digest()
    return str(uuid.UUID(bytes=digest[:16], version=4))


def plain(name):
    """Case, accents and punctuation do not matter to a search."""
    text = unicodedata.normalize("NFKD", name).casefold()
    letters = "".join(c for c in text if not unicodedata.combining(c))
    return " ".join(re.findall(r"\w+", letters))


class Refused(Exception):
    """`code` is the service's own number of the error, where it has one."""

    def __init__(self, status, text, code=0):
        super().__init__(text)
        self.status, self.text, self.code = status, text, code


@dataclass
class Ask:
    """One request to one of the services, taken apart."""

    request: object
    service: str
    path: str  # below the service's prefix
    pairs: list = field(default_factory=list)  # (name, value) of the query, in order
    malformed: bool = False

    def one(self, name, default=""):
        return next((value for key, value in self.pairs if key == name), default)

    def every(self, name):
        return [value for key, value in self.pairs if key == name]


def take_apart(request, service):
    ask = Ask(request, service, request.path.removeprefix(f"/{service}"))
    try:
        if request.query:
            ask.pairs = parse_qsl(request.query, keep_blank_values=True, strict_parsing=True,
                                  errors="strict")
    except ValueError:
        ask.malformed = True
    return ask
