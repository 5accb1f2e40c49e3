"""The control API under /_control: tests and people change the world and look behind it."""

import json
from urllib.parse import parse_qsl

import oauth
import world as w
from faults import GROUPS, KINDS
from server import json_response

COMMON_SCOPES = ("user-library-read playlist-read-private playlist-modify-private "
                 "playlist-modify-public")


class Control:
    def __init__(self, service):
        self.service = service
        self.table = {
            ("GET", "switch"): self.get_switches,
            ("POST", "switch"): self.switch,
            ("POST", "clock"): self.clock,
            ("POST", "tokens"): self.tokens,
            ("POST", "like"): self.like,
            ("POST", "unlike"): self.unlike,
            ("POST", "album"): self.album,
            ("POST", "playlist"): self.playlist,
            ("POST", "ban"): self.ban,
            ("DELETE", "ban"): self.unban,
            ("GET", "faults"): self.get_faults,
            ("POST", "faults"): self.set_faults,
            ("DELETE", "faults"): self.clear_faults,
            ("POST", "hold"): self.hold,
            ("DELETE", "hold"): self.clear_holds,
            ("GET", "wait_held"): self.wait_held,
            ("POST", "release"): self.release,
            ("POST", "drop"): self.drop,
            ("GET", "log"): self.log,
            ("DELETE", "log"): self.clear_log,
            ("GET", "state"): self.state,
            ("GET", "songs"): self.songs,
            ("GET", "artists"): self.artists,
            ("GET", "asked"): self.asked,
            ("GET", "bytes"): self.bytes,
        }

    @property
    def world(self):
        return self.service.world

    def respond(self, request):
        path = request.path.removeprefix("/_control").strip("/")
        if not path:
            rows = [f"{method} /_control/{name}" for method, name in self.table]
            return json_response(200, {"calls": rows})
        call = self.table.get((request.method, path))
        if call is None:
            return json_response(404, {"error": "no such call; GET /_control lists them"})
        try:
            body = json.loads(request.body) if request.body else {}
            if request.method == "GET":
                body = dict(parse_qsl(request.query))
            if not isinstance(body, dict):
                raise ValueError("the body must be a JSON object")
            if path == "wait_held":
                return self.wait_held(int(body.get("count", 1)), float(body.get("timeout", 10)))
            return json_response(200, call(**body))
        except (ValueError, TypeError, KeyError, IndexError) as err:
            text = f"{type(err).__name__}: {err}"
            return json_response(400, {"error": text})

    # switches and time

    def get_switches(self):
        return {"values": self.world.switches,
                "meaning": {name: row[2] for name, row in w.SWITCHES.items()}}

    def switch(self, **values):
        for name in values:
            if name not in w.SWITCHES:
                raise ValueError(f"no switch is called {name!r}")
        for name, value in values.items():
            self.world.set_switch(name, value)
        self.service.audit.refusals.clear()
        return self.world.switches

    def clock(self, offset_s=None, advance_s=0):
        if offset_s is not None:
            self.world.clock_offset = float(offset_s)
        self.world.clock_offset += float(advance_s)
        return {"offset_s": self.world.clock_offset, "now": self.world.now()}

    # logins

    def tokens(self, expire_access=False, revoke_login=False, expire_login=False, issue=None,
               deny=None, rotate=None, access_ttl_s=None, clients=None):
        accounts, answer = self.service.accounts, {}
        switches = {"deny": deny, "rotate": rotate, "access_ttl_s": access_ttl_s}
        self.switch(**{name: value for name, value in switches.items() if value is not None})
        if expire_access:
            accounts.expire_access()
        if revoke_login:
            accounts.end_logins(revoked=True)
        if expire_login:
            accounts.end_logins(revoked=False)
        if clients is not None:
            self.world.clients = set(clients)
        if issue is not None:
            scope = issue.get("scope", COMMON_SCOPES)
            if scope == "all":
                scope = " ".join(sorted(oauth.SCOPES))
            answer = accounts.log_in(issue.get("client_id", min(self.world.clients)), scope)
        answer["logins"] = [
            {"client_id": login.client, "scope": login.scope, "refresh_token": login.refresh,
             "revoked": login.revoked, "expired": login.expired} for login in accounts.logins]
        return answer

    # the person's hand

    def like(self, n=None, uri=None, index=None, at=None):
        """n new songs, or one by URI or by its place in the catalogue."""
        world = self.world
        if uri is not None:
            if uri != w.NULL_ITEM and world.catalogue.find(uri) is None:
                raise ValueError("no such song")
            uris = [uri]
        elif index is not None:
            uris = [list(world.catalogue.songs)[index]]
        else:
            uris = world.unliked()[:1 if n is None else n]
            if len(uris) < (n or 1):
                raise ValueError("not enough songs left to like; start with more --songs")
        for each in uris:
            world.like(each, at)
        return {"liked": uris, "total": len(world.likes)}

    def unlike(self, n=None, uri=None, index=None):
        """The n newest, or one by URI or by its place in the likes."""
        likes = self.world.likes
        if uri is not None:
            gone = [entry.uri for entry in likes if entry.uri == uri]
            self.world.unlike(uri)
        else:
            start = index or 0
            gone = [entry.uri for entry in likes[start:start + (1 if n is None else n)]]
            del likes[start:start + len(gone)]
        if not gone:
            raise ValueError("not liked")
        return {"unliked": gone, "total": len(self.world.likes)}

    def album(self, do, id=None, songs=None):
        """Saves one, by its id or made anew with so many songs, or takes one (the newest) out."""
        world = self.world
        if do == "save":
            key = id or world.make_long_album(songs).id
            if key not in world.catalogue.albums:
                raise ValueError("no such album")
            world.save_album(f"spotify:album:{key}")
        elif do == "unsave":
            key = id or world.albums[0].uri.rpartition(":")[2]
            world.albums = [a for a in world.albums if a.uri != f"spotify:album:{key}"]
        else:
            raise ValueError("do is save or unsave")
        found = world.catalogue.albums[key]
        return {"id": key, "name": found.name, "songs": [song.uri for song in found.songs]}

    def playlist(self, do, id=None, **more):
        acts = {"create": self.create, "add": self.add, "remove": self.remove,
                "reorder": self.reorder, "rename": self.rename, "describe": self.describe,
                "publish": self.publish, "unfollow": self.unfollow, "follow": self.follow,
                "duplicate": self.duplicate, "clear": self.clear, "adopt": self.adopt}
        if do not in acts:
            raise ValueError(f"do is one of {', '.join(acts)}")
        if do == "create":
            return self.create(**more)
        playlist = self.world.playlists[id]
        made = acts[do](playlist, **more) or playlist
        if do not in ("follow", "unfollow", "adopt", "duplicate"):
            playlist.touch()
        return self.shape(made)

    def create(self, name="By hand", uris=None, n=0, count=1, owner=w.PERSON, **more):
        made = [self.world.add_playlist(name, self.pick(uris, n), owner=owner, **more)
                for _ in range(count)]
        return self.shape(made[0]) if count == 1 else {"ids": [p.id for p in made]}

    def pick(self, uris, n):
        if uris is not None:
            unknown = [u for u in uris if u != w.NULL_ITEM and not self.world.catalogue.find(u)]
            if unknown:
                raise ValueError(f"no such song: {unknown[0]}")
            return uris
        return self.world.rng.sample(self.world.catalogue.plain, n)

    def add(self, playlist, uris=None, n=1, position=None, local=False):
        uris = [self.world.catalogue.make_local("Dropped In").uri] if local else uris
        place = len(playlist.items) if position is None else position
        moment = int(self.world.now())
        playlist.items[place:place] = [w.Entry(u, moment) for u in self.pick(uris, n)]

    def remove(self, playlist, uri=None, index=None):
        if uri is not None:
            playlist.items = [entry for entry in playlist.items if entry.uri != uri]
        else:
            del playlist.items[0 if index is None else index]

    def reorder(self, playlist, order=None):
        """`order`: the old places in their new order; without it the list is turned round."""
        places = order or list(range(len(playlist.items)))[::-1]
        if sorted(places) != list(range(len(playlist.items))):
            raise ValueError("order must name each place once")
        playlist.items = [playlist.items[place] for place in places]

    def rename(self, playlist, name):
        playlist.name = name

    def describe(self, playlist, description):
        playlist.description = description

    def publish(self, playlist, public):
        playlist.public = playlist.shown_public = public

    def unfollow(self, playlist):
        playlist.followed = False

    def follow(self, playlist):
        playlist.followed = True

    def duplicate(self, playlist, name=None):
        uris = [entry.uri for entry in playlist.items]
        return self.world.add_playlist(name or playlist.name, uris,
                                       description=playlist.description)

    def clear(self, playlist):
        playlist.items = []

    def adopt(self, playlist):
        playlist.adopted = True

    # limits and faults

    def ban(self, seconds, reason="", body="json", retry_after=True):
        if body not in ("json", "text"):
            raise ValueError("body is json or text")
        self.world.ban = {"until": self.world.now() + seconds, "reason": reason, "body": body,
                          "retry_after": retry_after}
        return self.world.ban

    def unban(self):
        self.world.ban = None
        self.world.windows.clear()
        self.service.audit.forget_waits()
        return {}

    def get_faults(self):
        return self.service.faults.describe()

    def set_faults(self, script=None, kinds=None, rate=0.1, seed=1, on="* /v1/**", seconds=None):
        if script is None and kinds is None:
            raise ValueError("script or kinds")
        if isinstance(kinds, str):
            kinds = GROUPS[kinds]
        if kinds is not None:
            self.service.faults.set_random(seed, rate, kinds, on, seconds)
        if script is not None:
            self.service.faults.add_script(script)
        return self.get_faults()

    def clear_faults(self):
        self.service.faults.clear()
        return {}

    def hold(self, **rule):
        self.service.holds.add(**rule)
        return {"rules": len(self.service.holds.rules)}

    def clear_holds(self):
        self.service.holds.rules.clear()
        return {"released": self.service.holds.release()}

    async def wait_held(self, count, timeout):
        held = await self.service.holds.wait_held(count, timeout)
        return json_response(200 if len(held) >= count else 504, {"held": held})

    def release(self, id=None, kind=None):
        if kind is not None and kind not in KINDS:
            raise ValueError(f"no fault is called {kind!r}")
        return {"released": self.service.holds.release(id, kind)}

    def drop(self):
        """Closes every connection, as a restarting load balancer does."""
        for connection in list(self.service.connections):
            if connection.task is None and not connection.buffer:
                connection.transport.close()
        return {}

    # looking

    def log(self, since=0):
        return {"log": self.service.audit.log[int(since):]}

    def clear_log(self):
        self.service.audit.reset()
        self.world.writes = 0
        for playlist in self.world.playlists.values():
            playlist.writes = playlist.max_parallel = 0
        return {}

    def songs(self, of="all"):
        """What is true about each song: its family is what a sorter should find out."""
        songs = self.world.catalogue.songs.values()
        recco = self.service.sources.services["reccobeats"]
        return {"songs": [
            {"uri": s.uri, "shown": s.relinked_to or s.uri, "name": s.name, "artists": [a.name for a in s.artists],
             "artist_ids": [a.id for a in s.artists], "family": s.family, "isrc": s.isrc,
             "families": list(s.artists[0].families), "statistics": s.statistics,
             "genres": s.artists[0].genres,
             "reccobeats": s.id in recco.records and recco.knows(s)} for s in songs]}

    def artists(self):
        """What is true about each artist at the services beside the music service."""
        return self.service.sources.truth()

    def asked(self, answered="no"):
        """Per service and kind of query: when each id was asked about."""
        return self.service.audit.list_asked(answered == "yes")

    def bytes(self):
        return self.service.audit.bytes

    def shape(self, playlist):
        return {
            "id": playlist.id, "name": playlist.name, "description": playlist.description,
            "owner": playlist.owner, "public": playlist.public,
            "shown_public": playlist.shown_public, "collaborative": playlist.collaborative,
            "followed": playlist.followed, "created_by": playlist.created_by,
            "adopted": playlist.adopted, "snapshot_id": playlist.snapshot(),
            "items": [entry.uri for entry in playlist.items], "writes": playlist.writes,
            "max_parallel_writes": playlist.max_parallel}

    def state(self):
        world, audit = self.world, self.service.audit
        return {
            "regime": world.regime(), "now": world.now(), "person": w.PERSON,
            "likes": [{"uri": entry.uri, "added_at": entry.added_at} for entry in world.likes],
            "albums": [{"uri": entry.uri, "added_at": entry.added_at, "songs": [
                song.uri for song in world.catalogue.albums[entry.uri.rpartition(":")[2]].songs]}
                for entry in world.albums],
            "playlists": [self.shape(p) for p in world.playlists.values()],
            "requests": len(audit.log), "writes": world.writes, "counts": dict(audit.counts),
            "violations": audit.violations}
