"""The service's truth: one person, their likes and playlists, the apps, the clock, the switches."""

import base64
import hashlib
import math
import random
import time
from collections import deque
from dataclasses import dataclass, field

import library

PERSON, FRIEND, EDITOR = "nora.made.up", "friend.of.nora", "house.editors"
NAMES = {PERSON: "Nora Madeup", FRIEND: None, EDITOR: "House Editors"}
ACCOUNT_ID = "acc-7d1f0a52-made-up"
DEFAULT_CLIENT = "0123456789abcdef0123456789abcdef"
NULL_ITEM = "null"  # an entry whose content is gone
FIRST_LIKE = 1_793_000_000  # a fixed moment, so that two runs of one seed agree

REGIMES = ("extended", "grace", "restricted")

DOWN = ("", "503", "500", "html", "html_302", "429", "reset", "slow")

# name -> (default, what it may be, what it does); the README's table is made from this one
SWITCHES = {
    "regime": ("extended", REGIMES, "which endpoints and fields exist"),
    "statistics": (True, bool, "audio features answer (only in extended)"),
    "grace_works": (True, bool, "grace still serves the old paths; false: 403 on them"),
    "artist_genres": ("regime", ("regime", "filled", "absent", "null", "empty"),
                      "artist genres; regime: filled, but absent in restricted"),
    "premium": (True, bool, "false: the owner of the app has no Premium, 403 text"),
    "allowlisted": (True, bool, "false: the person is not on the app's list, 403 text"),
    "allowlist_wording": ("new", ("new", "old", "long"), "which of the three real texts"),
    "token_wording": ("old", ("old", "new", "invalid"), "text of the 401"),
    "deny": (False, bool, "the person says no on the consent page"),
    "rotate": (False, bool, "refresh answers carry a new refresh token, the old one dies"),
    "access_ttl_s": (3600, int, "life of new access tokens"),
    "login_ttl_s": (183 * 86400, int, "life of a login from the moment of consent"),
    "public_reads_true": (False, bool, "playlists made with public:false read back as public"),
    "snapshot_lag": (0, int, "reads after a write that still show the older snapshot_id"),
    "list_lag": (0, int, "list reads after a create that omit the new playlist"),
    "playlist_cap": (10000, int, "items one playlist may hold"),
    "cap_status": (403, (403, 500), "what exceeding the cap answers"),
    "refuse_urls": (False, bool, "a URL in a description is a 400"),
    "library_scopes": ("type", ("type", "all"), "scopes of /me/library: by type, or all three"),
    "latency_ms": (0, int, "pause before every answer"),
    "write_ms": (3, int, "time a playlist write takes; another one meanwhile is a 500"),
    "rate_limit": (0, int, "requests per rolling 30 s and client; 0: no limit"),
    "bulk_single_reads": (50, int, "single reads within 30 s before it is a violation"),
    "playlist_reads": (True, bool, "false: playlists may be written, reading them is a 403"),
    "total_skips_nulls": (False, bool, "the total of the likes does not count null entries"),
    "reccobeats_unknown": (0.15, float, "share of songs that ReccoBeats does not know"),
    "reccobeats_nulls": (0.03, float, "share of its rows with nulls or key -1"),
    "reccobeats_down": ("", DOWN, "the service is out of order in this way"),
    "musicbrainz_linked": (0.7, float, "share of artists whose Spotify page is linked there"),
    "musicbrainz_isrc": (0.5, float, "of the rest: share that can be found by ISRC"),
    "musicbrainz_isrc_genres": (False, bool, "true: /isrc takes inc=genres; really it is a 400"),
    "musicbrainz_interval_ms": (1000, int, "a request sooner after the one before is a 503"),
    "musicbrainz_down": ("", DOWN, "the service is out of order in this way"),
    "lastfm_unknown": (0.1, float, "share of artists that Last.fm does not know"),
    "lastfm_error": (0, (0, 8, 11, 26, 29), "every call answers this error"),
    "lastfm_statuses": (False, bool, "true: errors come with 4xx and 5xx in place of 200"),
    "lastfm_rate": (5, int, "requests a second over 5 s before error 29; 0: no limit"),
    "lastfm_down": ("", DOWN, "the service is out of order in this way"),
}  # fmt: skip


@dataclass
class Entry:
    """One song in the likes or in a playlist."""

    uri: str
    added_at: int
    added_by: str = PERSON


@dataclass(eq=False)
class Playlist:
    id: str
    name: str
    owner: str = PERSON
    description: str = ""
    public: bool = True
    shown_public: bool = True
    collaborative: bool = False
    followed: bool = True
    created_by: str = "person"  # or a client id
    adopted: bool = False  # the person let the client write here
    images: object = None
    revision: int = 1
    items: list = field(default_factory=list)
    hidden_reads: int = 0
    stale_reads: int = 0
    stale_revision: int = 0
    writes: int = 0
    in_flight: int = 0
    max_parallel: int = 0
    unknown_outcome: bool = False  # a write whose answer never arrived whole

    def snapshot(self, revision=None):
        n = self.revision if revision is None else revision
        digest = hashlib.sha1(f"{self.id} {n}".encode()).digest()
        return base64.b64encode(n.to_bytes(4, "big") + digest).decode()

    def touch(self, lag=0):
        if lag:
            self.stale_revision, self.stale_reads = self.revision, lag
        self.revision += 1


class World:
    def __init__(self, seed=1, songs=600, odd=True, clients=(DEFAULT_CLIENT,)):
        self.seed, self.song_count, self.has_odd = seed, songs, odd
        self.rng = random.Random(f"world {seed}")
        self.catalogue = library.Catalogue(seed, songs, odd and songs >= 60)
        self.clients = set(clients)
        self.switches = {name: row[0] for name, row in SWITCHES.items()}
        self.clock_offset = 0.0
        self.likes = []  # newest first
        self.albums = []  # those that the person saved, newest first
        self.long_albums = []  # how many songs each has that was made by hand
        self.playlists = {}  # id -> Playlist, in the order made
        self.base = ""
        self.accounts = ""
        self.bodies = {}  # serialised shapes; emptied when the regime changes
        self.windows = {}  # client id -> times of its requests
        self.ban = None  # {"until", "reason", "body", "retry_after"}
        self.writes = 0
        self.lastfm_key = hashlib.sha256(f"last.fm {seed}".encode()).hexdigest()[:32]
        self._fill_likes()
        self._fill_playlists()
        self._fill_albums()

    def now(self):
        return time.time() + self.clock_offset

    def regime(self):
        return self.switches["regime"]

    def restricted(self):
        return self.regime() == "restricted"

    def set_switch(self, name, value):
        default, kind, _ = SWITCHES[name]
        if isinstance(kind, tuple):
            if value not in kind:
                raise ValueError(f"{name} must be one of {', '.join(map(str, kind))}")
        elif kind is float:
            if type(value) not in (int, float) or not 0 <= value <= 1:
                raise ValueError(f"{name} must be a number in 0..1")
        elif type(value) is not kind or (kind is int and value < 0):
            raise ValueError(f"{name} must be {'a boolean' if kind is bool else 'a number >= 0'}")
        self.switches[name] = value
        self.bodies.clear()

    # the person's library

    def _fill_likes(self):
        rng = self.rng
        uris = [uri for uri in self.catalogue.plain[:self.song_count]]
        rng.shuffle(uris)
        odd = self.catalogue.odd + [NULL_ITEM] * 2 if self.catalogue.odd else []
        uris = uris[:max(0, self.song_count - len(odd))]
        for uri in odd:
            uris.insert(rng.randint(0, len(uris)), uri)
        moment = FIRST_LIKE
        for uri in uris:
            self.likes.append(Entry(uri, moment))
            moment -= rng.choice((0, 60, 3600, 40000, 90000))

    def like(self, uri, at=None):
        self.likes = [entry for entry in self.likes if entry.uri != uri]
        entry = Entry(uri, int(self.now() if at is None else at))
        place = 0
        while place < len(self.likes) and self.likes[place].added_at > entry.added_at:
            place += 1
        self.likes.insert(place, entry)

    def unlike(self, uri):
        before = len(self.likes)
        self.likes = [entry for entry in self.likes if entry.uri != uri]
        return len(self.likes) != before

    def unliked(self):
        liked = {entry.uri for entry in self.likes}
        return [uri for uri in self.catalogue.plain if uri not in liked]

    def _fill_albums(self):
        rng = random.Random(f"albums {self.seed}")
        full = [a for a in self.catalogue.albums.values() if a.songs]
        for n, album in enumerate(rng.sample(full, min(5, len(full)))):
            self.albums.append(Entry(f"spotify:album:{album.id}", FIRST_LIKE - 50000 * n))

    def save_album(self, uri):
        self.albums = [entry for entry in self.albums if entry.uri != uri]
        self.albums.insert(0, Entry(uri, int(self.now())))

    def make_long_album(self, songs):
        self.long_albums.append(songs)
        return self.catalogue.make_long_album(songs)

    def _fill_playlists(self):
        songs, rng = self.catalogue.plain, self.rng
        episodes = list(self.catalogue.episodes)

        def some(n):
            return rng.sample(songs, min(n, len(songs)))

        trip = self.add_playlist("Long drive", some(12), description="windows down & loud")
        if trip.items:  # a song twice, on purpose
            trip.items.append(trip.items[0])
        mixed = some(3) + [self.catalogue.make_local("Rehearsal Tape").uri] + episodes[:2]
        self.add_playlist("Odds & ends \U0001f3a7", mixed + [NULL_ITEM] + some(2))
        self.add_playlist("rock", some(5), description="mine, by hand")
        self.add_playlist("", [], images=[])
        self.add_playlist("Just for me", some(4), public=False)
        self.add_playlist("With a friend", some(6), public=False, collaborative=True)
        self.add_playlist("Friend's kitchen", some(7), owner=FRIEND)
        self.add_playlist("Fresh This Week", some(30), owner=EDITOR, description="50 new songs")
        self.add_playlist("Shared shelf", some(5), owner=FRIEND, public=False, collaborative=True)

    def make_id(self):
        return "".join(self.rng.choices(library.BASE62, k=22))

    def add_playlist(self, name, uris=(), **more):
        playlist = Playlist(self.make_id(), name, **more)
        playlist.shown_public = playlist.public
        moment = FIRST_LIKE if not self.base else int(self.now())
        playlist.items = [Entry(uri, moment, playlist.owner) for uri in uris]
        self.playlists[playlist.id] = playlist
        return playlist

    def may_edit(self, playlist):
        return playlist.owner == PERSON or (playlist.collaborative and playlist.followed)

    def listed(self, with_collaborative):
        """Newest first, as the apps show them."""
        return [p for p in reversed(self.playlists.values())
                if p.followed and (with_collaborative or not p.collaborative)]

    # rate limit and bans

    def limited(self, client):
        """(seconds to wait, refusal details) or None when the request may pass."""
        now = self.now()
        if self.ban:
            if now < self.ban["until"]:
                return math.ceil(self.ban["until"] - now), self.ban
            self.ban = None
        limit = self.switches["rate_limit"]
        if not limit:
            return None
        window = self.windows.setdefault(client, deque())
        while window and window[0] <= now - 30:
            window.popleft()
        if len(window) >= limit:
            return max(1, math.ceil(window[0] + 30 - now)), None
        window.append(now)
        return None
