"""Calls about the person, their likes, and the catalogue."""

import re

import shapes
import world as w
from gate import Refusal, error
from server import JSON_TYPE, Response, json_response

ID = re.compile(r"[0-9A-Za-z]{22}")
URI = re.compile(r"spotify:(track|album|episode|show|audiobook|artist|user|playlist):(.+)")


def text_response(text, status=200):
    return Response(status, text, JSON_TYPE)


def good_id(key):
    if not ID.fullmatch(key):
        raise Refusal(400, "Invalid base62 id")
    return key


def id_list(call, most, name="ids"):
    text = call.params.get(name)
    if not text:
        raise Refusal(400, f"Missing required field: {name}")
    ids = text.split(",")
    if len(ids) > most:
        raise Refusal(400, "Too many ids requested" if name == "ids" else "Too many uris")
    return ids


# the person


def me(world, call):
    return json_response(200, shapes.me(world, call.scopes))


def user(world, call):
    if call.args[0] not in w.NAMES:
        raise Refusal(404, "Resource not found")
    return json_response(200, shapes.user(world, call.args[0]))


def likes(world, call):
    offset, limit = call.params["offset"], call.params["limit"]
    rest = {"market": call.params["market"]} if "market" in call.params else {}
    texts = [shapes.like_text(world, entry) for entry in world.likes[offset:offset + limit]]
    total = len(world.likes)
    if world.switches["total_skips_nulls"]:
        total -= sum(entry.uri == w.NULL_ITEM for entry in world.likes)
    return text_response(
        shapes.page_text(world, "/me/tracks", rest, texts, offset, limit, total))


def saved_albums(world, call):
    """Each album whole, with up to fifty of its songs."""
    offset, limit = call.params["offset"], call.params["limit"]
    rest = {"market": call.params["market"]} if "market" in call.params else {}
    rows = [shapes.saved_album(world, entry) for entry in world.albums[offset:offset + limit]]
    return json_response(200, shapes.page(world, "/me/albums", rest, rows, offset, limit,
                                          len(world.albums)))


def likes_contain(world, call):
    ids = [good_id(key) for key in id_list(call, 50)]
    liked = {entry.uri for entry in world.likes}
    return json_response(200, [f"spotify:track:{key}" in liked for key in ids])


def likes_change(world, call):
    """Old per-type calls; the ids may also stand in the body."""
    ids = call.body.get("ids") if call.body else id_list(call, 50)
    if not isinstance(ids, list) or not ids or not all(isinstance(each, str) for each in ids):
        raise Refusal(400, "Missing required field: ids")
    if len(ids) > 50:
        raise Refusal(400, "Too many ids requested")
    call.request.connection.service.audit.library_write(call.request, call.client)
    kind = call.request.path.rpartition("/")[2].removesuffix("s")
    for key in ids:
        change_library(world, f"spotify:{kind}:{good_id(key)}", call.request.method == "PUT")
    return Response(200)


# the library of everything, by URI


def library_uris(call):
    if not call.params.get("uris"):
        raise Refusal(400, "Missing required field: uris")
    if call.request.body:
        raise Refusal(400, "Unexpected request body")
    uris = id_list(call, 40, "uris")
    for uri in uris:
        match = URI.fullmatch(uri)
        if not match or (match[1] != "user" and not ID.fullmatch(match[2])):
            raise Refusal(400, f"Invalid uri: {uri}")
    return uris


def library_scopes(world, call, uris, modify):
    if world.switches["library_scopes"] == "all":
        call.need(*(("user-library-modify", "user-follow-modify", "playlist-modify-public")
                    if modify else
                    ("user-library-read", "user-follow-read", "playlist-read-private")))
        return
    for kind in {uri.split(":")[1] for uri in uris}:
        if kind == "playlist":
            call.need("playlist-modify-public" if modify else "playlist-read-private")
        elif kind in ("user", "artist"):
            call.need("user-follow-modify" if modify else "user-follow-read")
        else:
            call.need("user-library-modify" if modify else "user-library-read")


def library_change(world, call):
    if world.regime() == "grace":
        raise Refusal(400, "Bad request")
    uris = library_uris(call)
    library_scopes(world, call, uris, modify=True)
    audit = call.request.connection.service.audit
    save = call.request.method == "PUT"
    if any(uri.startswith("spotify:artist:") for uri in uris):
        raise Refusal(400, "Unsupported uri type")
    for uri in uris:
        playlist = world.playlists.get(uri.removeprefix("spotify:playlist:"))
        ours = playlist and playlist.created_by == call.client  # to let go, or to take back
        if not ours:
            audit.library_write(call.request, call.client)
        change_library(world, uri, save)
    return Response(200)


def change_library(world, uri, save):
    if uri.startswith("spotify:playlist:"):
        playlist = world.playlists.get(uri.rpartition(":")[2])
        if playlist is None:
            raise Refusal(404, "Resource not found")
        playlist.followed = save
    elif uri.startswith("spotify:track:"):
        if uri not in world.catalogue.songs:
            raise Refusal(400, "Payload contains a non-existing ID")
        if save:
            world.like(uri)
        else:
            world.unlike(uri)
    elif uri.startswith("spotify:album:"):
        if uri.rpartition(":")[2] not in world.catalogue.albums:
            raise Refusal(400, "Payload contains a non-existing ID")
        if save:
            world.save_album(uri)
        else:
            world.albums = [entry for entry in world.albums if entry.uri != uri]
    world.writes += 1


def library_contains(world, call):
    if world.regime() == "grace":
        raise Refusal(400, "Bad request")
    uris = library_uris(call)
    library_scopes(world, call, uris, modify=False)
    held = {entry.uri for entry in world.likes + world.albums}
    held |= {f"spotify:playlist:{p.id}" for p in world.playlists.values() if p.followed}
    return json_response(200, [uri in held for uri in uris])


# the catalogue


def song_of(world, key):
    return world.catalogue.songs.get(f"spotify:track:{key}")


def track(world, call):
    song = song_of(world, good_id(call.args[0]))
    if song is None:
        raise Refusal(404, "Resource not found")
    return text_response(shapes.content_text(world, song.uri, playable="market" in call.params))


def tracks(world, call):
    texts = []
    for key in id_list(call, 50):
        uri = f"spotify:track:{good_id(key)}"
        known = uri in world.catalogue.songs
        texts.append(shapes.content_text(world, uri, "market" in call.params) if known else "null")
    return text_response(f'{{"tracks":[{",".join(texts)}]}}')


def artist(world, call):
    found = world.catalogue.artists.get(good_id(call.args[0]))
    if found is None:
        raise Refusal(404, "Resource not found")
    return json_response(200, shapes.artist(world, found))


def artists(world, call):
    found = [world.catalogue.artists.get(good_id(key)) for key in id_list(call, 50)]
    return json_response(200, {"artists": [f and shapes.artist(world, f) for f in found]})


def artist_albums(world, call):
    artist = world.catalogue.artists.get(good_id(call.args[0]))
    if artist is None:
        raise Refusal(404, "Resource not found")
    found = [a for a in world.catalogue.albums.values() if artist in a.artists]
    return listing(world, call, [shapes.album_brief(world, a) for a in found])


def album(world, call):
    found = world.catalogue.albums.get(good_id(call.args[0]))
    if found is None:
        raise Refusal(404, "Resource not found")
    return json_response(200, shapes.album(world, found))


def albums(world, call):
    found = [world.catalogue.albums.get(good_id(key)) for key in id_list(call, 20)]
    return json_response(200, {"albums": [f and shapes.album(world, f) for f in found]})


def album_tracks(world, call):
    found = world.catalogue.albums.get(good_id(call.args[0]))
    if found is None:
        raise Refusal(404, "Resource not found")
    return listing(world, call, [shapes.album_track(world, song) for song in found.songs])


def listing(world, call, values):
    offset, limit = call.params["offset"], call.params["limit"]
    path = call.request.path[3:]
    return json_response(200, shapes.page(world, path, {}, values[offset:offset + limit], offset,
                                          limit, len(values)))


def audio_feature(world, call):
    song = song_of(world, good_id(call.args[0]))
    if song is None or not song.statistics:
        raise Refusal(404, "analysis not found")
    return json_response(200, shapes.audio_features(world, song))


def audio_features(world, call):
    found = [song_of(world, good_id(key)) for key in id_list(call, 100)]
    # one song in forty was never analysed
    rows = [shapes.audio_features(world, s) if s and hash_of(s.id) % 40 else None for s in found]
    return json_response(200, {"audio_features": rows})


def hash_of(key):
    return sum(ord(letter) * (n + 1) for n, letter in enumerate(key))


def search(world, call):
    words, kinds = call.params.get("q", "").lower(), call.params.get("type", "").split(",")
    if not words:
        raise Refusal(400, "No search query")
    if not kinds[0] or set(kinds) - {"track", "artist", "album", "playlist"}:
        raise Refusal(400, "Bad search type field")
    offset, limit = call.params["offset"], call.params["limit"]
    catalogue, answer = world.catalogue, {}
    for kind in kinds:
        if kind == "track":
            found = [s for s in catalogue.songs.values() if s.id and words in s.name.lower()]
            values = [shapes.track(world, s, False, False) for s in found]
        elif kind == "artist":
            found = [a for a in catalogue.artists.values() if words in a.name.lower()]
            values = [shapes.artist(world, a) for a in found]
        elif kind == "album":
            found = [a for a in catalogue.albums.values() if words in a.name.lower()]
            values = [shapes.album_brief(world, a) for a in found]
        else:  # about a third of what it finds is null
            found = [p for p in world.playlists.values() if words in p.name.lower()]
            values = [None if n % 3 == 1 else shapes.playlist_listed(world, p)
                      for n, p in enumerate(found)]
        rest = {"q": words, "type": kind}
        answer[f"{kind}s"] = shapes.page(world, "/search", rest, values[offset:offset + limit],
                                         offset, limit, len(values))
    return json_response(200, answer)


def nowhere(world, call):
    """Families that were taken from everybody but the oldest apps; never needed here."""
    return error(404, "Resource not found")
