"""MusicBrainz' web service, as far as somebody looking for genres needs it.

Texts of refusals and what is ignored in silence follow the public server sources (WS/2, Validator,
Data/WebService): unknown parameters are ignored there, unknown `inc` values are not.
"""

import re
import time

import labels
import lucene
from common import ISRC, UUID, Refused, chance, make_uuid, plain
from server import Response, json_response

HELP = "For usage, please see: https://musicbrainz.org/development/mmd"
TOO_FAST = ("Your requests are exceeding the allowable rate limit. Please see "
            "http://wiki.musicbrainz.org/XMLWebService for more information.")
BLANK = ("Must specify a least one parameter (other than 'limit', 'offset' or empty 'query') for "
         "collections query.")
SPOTIFY = "https://open.spotify.com/artist/"
TOLERANCE_S = 0.02
RESOURCES_MAX = 100
RELATIONS = {f"{kind}-rels" for kind in (
    "area", "artist", "event", "genre", "instrument", "label", "place", "recording", "release",
    "release-group", "series", "url", "work")}  # fmt: skip
COMMON = {"tags", "ratings", "aliases"}
INC = {
    "url": RELATIONS,
    "artist": RELATIONS | COMMON | {"genres", "annotation", "recordings", "releases",
                                    "release-groups", "works"},
    "recording": RELATIONS | COMMON | {"genres", "annotation", "artists", "artist-credits",
                                       "isrcs", "releases"},
    "isrc": RELATIONS | COMMON | {"artists", "releases", "isrcs", "artist-credits"},
    "genre": set(),
}  # fmt: skip
FIELDS = {
    "artist": {"", "arid", "artist", "artistaccent", "alias", "sortname", "name"},
    "recording": {"", "arid", "artist", "artistname", "creditname", "recording", "isrc", "rid"},
}
LIBRARIES = re.compile(r"(curl|libcurl|python|java|go-http|okhttp|wget|mozilla|axios|node)\b", re.I)


class MusicBrainz:
    def __init__(self, world, audit, known):
        self.world, self.audit, self.known = world, audit, known
        self.last = None  # when anything was asked last, by the fake's clock

    def arrived(self, ask):
        """The rule of one request a second; whatever becomes of the request, it counts."""
        now, before, self.last = self.world.now(), self.last, self.world.now()
        interval = self.world.switches["musicbrainz_interval_ms"] / 1000
        if before is not None and 0 <= now - before < interval - TOLERANCE_S:
            self.audit.frown("MusicBrainz asked too fast", ask.request, "musicbrainz")
            return Refused(503, TOO_FAST)
        return None

    def refusal(self, request, status, text, code=0):
        if ("fmt", "json") not in take_pairs(request):
            page = f'<?xml version="1.0"?>\n<error><text>{text}</text><text>{HELP}</text></error>'
            return Response(status, page, "application/xml; charset=utf-8")
        return json_response(status, {"error": text, "help": HELP})

    def asked(self, ask):
        """What it is about: (kind, id) for the ledger."""
        rest = ask.path.removeprefix("/ws/2/")
        head, _, tail = rest.partition("/")
        if head == "url":
            return [("url", each) for each in ask.every("resource")]
        if head == "genre":
            return [("genres", ask.one("offset", "0"))]
        if tail:
            return [(head, tail)]
        text = ask.one("query")
        try:
            query = lucene.parse(text)
        except ValueError:
            return [(head + " query", text)]
        if head == "artist" and query.only("arid"):
            return [("arid", each) for each in query.only("arid")]
        if head == "artist" and query.only("artist"):
            return [("artist name", each) for each in query.only("artist")]
        return [(head + " query", text)]

    def respond(self, ask):
        if ask.request.method != "GET":
            raise Refused(405, f"{ask.request.method} is not allowed on this endpoint.")
        self.check_agent(ask)
        if not ask.path.startswith("/ws/2/"):
            raise Refused(404, "Not Found")
        head, _, tail = ask.path.removeprefix("/ws/2/").partition("/")
        if head not in INC or (head == "url" and tail) or ask.malformed:
            raise Refused(400 if ask.malformed else 404, "Not Found")
        self.check_parameters(ask, head, tail)
        call = {"url": self.url, "artist": self.artist, "isrc": self.isrc,
                "recording": self.recording, "genre": self.genre}[head]
        value = call(ask, tail, self.inc(ask, head))
        if ask.one("fmt") != "json":
            return Response(200, '<?xml version="1.0"?>\n<metadata/>',
                            "application/xml; charset=utf-8")
        return json_response(200, value)

    # what is checked first

    def check_agent(self, ask):
        agent = ask.request.headers.get("user-agent", "")
        contact = "@" in agent or "://" in agent
        if agent and contact and "/" in agent and not LIBRARIES.match(agent):
            return
        self.audit.frown("User-Agent without name, version and contact", ask.request,
                         "musicbrainz")
        raise Refused(403, "Please identify your application with a meaningful User-Agent.")

    def check_parameters(self, ask, head, tail):
        known = {"fmt", "inc"} | ({"resource"} if head == "url" else set())
        if not tail or head == "genre":
            known |= {"query", "limit", "offset", "dismax"}
        for name in {name for name, _ in ask.pairs} - known:
            self.audit.frown(f"unknown parameter {name}", ask.request, "musicbrainz")
        if ask.one("fmt", "json") not in ("json", "xml"):
            raise Refused(406, "Invalid format. Either set an Accept header (recognized mime "
                          "types are application/json and application/xml), or include a fmt= "
                          "argument in the query string (valid values for fmt are json and xml).")

    def inc(self, ask, head):
        if len(ask.every("inc")) > 1:
            raise Refused(400, "Inc arguments must be combined with a space, but you provided "
                          "multiple parameters")
        asked = [each for each in re.split(r"[+ ]", ask.one("inc")) if each]
        allowed = INC[head]
        if head == "isrc" and self.world.switches["musicbrainz_isrc_genres"]:
            allowed = allowed | {"genres"}
        for each in asked:
            if each not in allowed:
                raise Refused(400, f"{each} is not a valid inc parameter for the {head} resource.")
        return set(asked)

    def page(self, ask, strict):
        """Lists refuse what is not a number and cut; searches fall back to 25."""
        limit, offset = ask.one("limit") or "25", ask.one("offset") or "0"
        whole = limit.isascii() and limit.isdigit() and offset.isascii() and offset.isdigit()
        if strict and not whole:
            raise Refused(400, "The 'limit' and 'offset' parameters must be positive integers")
        if not whole or not 1 <= int(limit) <= 100:
            self.audit.frown("limit is not 1..100", ask.request, "musicbrainz")
            limit = min(int(limit), 100) if strict and int(limit) else 25
        return int(limit), int(offset) if whole else 0

    # the calls

    def url(self, ask, _, inc):
        resources = list(dict.fromkeys(ask.every("resource")))
        if not any(resources):
            raise Refused(400, "The given parameters do not match any available query type for "
                          "the url resource.")
        if len(resources) > RESOURCES_MAX:
            raise Refused(400, f"The maximum number of resources is {RESOURCES_MAX}.")
        found = [self.url_value(each, inc) for each in resources]
        found = [each for each in found if each]
        if len(resources) > 1:
            found.sort(key=lambda each: each["id"])
            return {"url-count": len(found), "url-offset": 0, "urls": found}
        if not found:
            raise Refused(404, "Not Found")
        return found[0]

    def url_value(self, resource, inc):
        artist = self.world.catalogue.artists.get(resource.removeprefix(SPOTIFY))
        docs = self.known.linked_docs(artist) if resource.startswith(SPOTIFY) and artist else None
        if docs is None:
            return None
        value = {"id": make_uuid("url", resource), "resource": resource}
        draw = chance("relations", artist.id)
        if "artist-rels" not in inc or draw < 0.03:
            return value
        if draw < 0.06:
            return value | {"relations": None}
        return value | {"relations": [] if draw < 0.08 else [relation(doc) for doc in docs]}

    def artist(self, ask, mbid, inc):
        if not mbid:
            return self.search_artists(ask)
        if not UUID.fullmatch(mbid):
            raise Refused(400, "Invalid mbid.")
        doc = self.known.docs().by_mbid.get(mbid)
        if doc is None:
            raise Refused(404, "Not Found")
        return doc.brief() | {"country": None, "life-span": {"ended": False}} | tagged(
            doc.tags, inc)

    def query(self, ask, entity):
        texts = ask.every("query")
        if len(texts) > 1:
            raise Refused(400, "Must specify at most 1 query argument")
        if not texts or not texts[0].strip():
            raise Refused(400, BLANK)
        try:
            query = lucene.parse(texts[0])
        except ValueError:
            query = None
        if query is None or {name for name, _ in query.terms} - FIELDS[entity]:
            raise Refused(400, "Search server could not complete query: Bad request")
        return query

    def search_artists(self, ask):
        query, known = self.query(ask, "artist"), self.known.docs()
        arids = query.only("arid")
        if arids is not None:
            docs = [known.by_mbid[each] for each in dict.fromkeys(arids) if each in known.by_mbid]
            rows = [(100, doc) for doc in sorted(docs, key=lambda doc: doc.mbid)]
        else:
            rows = self.by_name(query, known)
        return self.found(ask, "artists", [artist_hit(score, doc) for score, doc in rows])

    def by_name(self, query, known):
        """All of exactly that name in their own order, then those that only contain it."""
        wanted = [plain(text) for name, text in query.terms if name != "arid"]
        exact = [doc for name in dict.fromkeys(wanted) for doc in known.by_name.get(name, ())
                 if query.matches(lambda name, text, doc=doc: fits(doc, name, text))]
        rest = [doc for doc in known.by_mbid.values()
                if doc not in exact and query.matches(
                    lambda name, text, doc=doc: fits(doc, name, text))]
        scores = [max(40, 100 - 3 * n) for n in range(len(exact))]
        return list(zip(scores, exact)) + [(max(20, 82 - 5 * n), doc)
                                           for n, doc in enumerate(rest)]

    def isrc(self, ask, code, inc):
        if not ISRC.fullmatch(code):
            raise Refused(400, "Invalid isrc.")
        found = self.known.recordings(code)
        if not found:
            raise Refused(404, "Not Found")
        return {"isrc": code, "recordings": [recording(song, docs, inc) for song, docs in found]}

    def recording(self, ask, mbid, inc):
        if mbid:
            return self.one_recording(mbid, inc)
        query, known = self.query(ask, "recording"), self.known.docs()
        mbids = {text for name, text in query.terms if name == "arid"}
        docs = ([known.by_mbid[each] for each in mbids if each in known.by_mbid] if mbids else
                known.of_artist.values())
        rows = []
        for doc in docs:
            for song in doc.songs:
                if query.matches(lambda name, text: sung(doc, song, name, text)):
                    titles = {plain(text) for name, text in query.terms if name == "recording"}
                    rows.append((100 if plain(song.name) in titles else 85, song, doc))
        rows.sort(key=lambda row: (-row[0], row[1].id))
        hits = [{"score": score} | recording(song, [doc], {"artist-credits", "tags", "isrcs"})
                for score, song, doc in rows]
        return self.found(ask, "recordings", hits)

    def one_recording(self, mbid, inc):
        if not UUID.fullmatch(mbid):
            raise Refused(400, "Invalid mbid.")
        for doc in self.known.docs().of_artist.values():
            for song in doc.songs:
                if make_uuid("recording", song.id) == mbid:
                    return recording(song, [doc], inc)
        raise Refused(404, "Not Found")

    def genre(self, ask, tail, inc):
        if tail != "all":
            raise Refused(501 if not tail else 404, "This hasn't been implemented yet.")
        limit, offset = self.page(ask, strict=True)
        rows = [genre_value(name) for name in labels.OFFICIAL[offset:offset + limit]]
        return {"genre-count": len(labels.OFFICIAL), "genre-offset": offset, "genres": rows}

    def found(self, ask, name, hits):
        limit, offset = self.page(ask, strict=False)
        moment = time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime(self.world.now()))
        return {"created": moment, "count": len(hits), "offset": offset,
                name: hits[offset:offset + limit]}

    def others(self, value):
        """The same answer about artists that nobody asked for."""
        docs = list(self.known.docs().of_artist.values())
        for n, row in enumerate(value.get("urls", value.get("artists", [value]))):
            other = docs[(7 * n + 3) % len(docs)]
            if "resource" in row:
                row["resource"] = SPOTIFY + other.artist.id
            elif "id" in row:
                row["id"] = other.mbid
        return value


def take_pairs(request):
    return [tuple(part.split("=", 1)) for part in request.query.split("&") if "=" in part]


def relation(doc):
    return {"type": "free streaming", "type-id": make_uuid("relation", "free streaming"),
            "direction": "backward", "target-type": "artist", "begin": None, "end": None,
            "ended": False, "attributes": [], "source-credit": "", "target-credit": "",
            "artist": doc.brief()}


def genre_value(name):
    return {"id": make_uuid("genre", name), "name": name, "disambiguation": ""}


def tagged(tags, inc):
    value = {}
    if "tags" in inc:
        value["tags"] = [{"name": name, "count": count} for name, count in tags]
    if "genres" in inc:
        value["genres"] = [genre_value(name) | {"count": count} for name, count in tags
                           if count > 0 and name in labels.OFFICIAL]
    return value


def artist_hit(score, doc):
    value = {"score": score} | doc.brief()
    if not doc.note:
        del value["disambiguation"]
    if doc.tags:
        value["tags"] = [{"count": count, "name": name} for name, count in doc.tags]
    return value


def recording(song, docs, inc):
    value = {"id": make_uuid("recording", song.id), "title": song.name, "video": False,
             "length": song.duration_ms, "disambiguation": ""}
    if "isrcs" in inc:
        value["isrcs"] = [song.isrc] if song.isrc else []
    if "artist-credits" in inc or "artists" in inc:
        value["artist-credit"] = [
            {"name": doc.name, "joinphrase": " feat. " if n + 1 < len(docs) else "",
             "artist": doc.brief() | tagged(doc.tags, inc)} for n, doc in enumerate(docs)]
    sparse = docs[0].tags[:2] if docs and chance("own tags", song.id) < 0.15 else []
    return value | tagged(sparse, inc)


def within(text, name):
    return f" {plain(text)} " in f" {plain(name)} "


def fits(doc, name, text):
    return doc.mbid == text if name == "arid" else within(text, doc.name)


def sung(doc, song, name, text):
    if name in ("recording", ""):
        return within(text, song.name)
    if name in ("isrc", "rid"):
        return text in (song.isrc, make_uuid("recording", song.id))
    return fits(doc, name, text)
