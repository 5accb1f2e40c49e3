"""Calls about playlists: the part of the service that an organizer writes to."""

import base64
import json
import re

import selection
import shapes
import world as w
from gate import Refusal, parse_json
from music import good_id, text_response
from server import Response, json_response

WRITABLE = re.compile(r"spotify:(track|episode):[0-9A-Za-z]{22}")
MOST = 100
COVER_MAX = 256 * 1024


def audit_of(call):
    return call.request.connection.service.audit


def find(world, call):
    playlist = world.playlists.get(good_id(call.args[0]))
    if playlist is None:
        raise Refusal(404, "Resource not found")
    return playlist


def find_readable(world, call):
    playlist = find(world, call)
    if not playlist.public:
        call.need("playlist-read-private")
        if not world.may_edit(playlist) and playlist.owner != w.PERSON:
            raise Refusal(404, "Resource not found")
    return playlist


def find_writable(world, call, adds=False):
    playlist = find(world, call)
    if not world.may_edit(playlist):
        raise Refusal(403, "Forbidden")
    call.need("playlist-modify-public" if playlist.public else "playlist-modify-private")
    audit_of(call).playlist_write(call.request, call.client, playlist, adds)
    return playlist


# reading


def may_read(world):
    if not world.switches["playlist_reads"]:
        raise Refusal(403, "Forbidden")


def mine(world, call):
    may_read(world)
    offset, limit = call.params["offset"], call.params["limit"]
    listed = world.listed("playlist-read-collaborative" in call.scopes)
    shown = [p for p in listed if not p.hidden_reads]
    for playlist in listed:
        playlist.hidden_reads = max(0, playlist.hidden_reads - 1)
    values = [shapes.playlist_listed(world, p) for p in shown[offset:offset + limit]]
    path = f"/users/{w.PERSON}/playlists"  # as recorded: not the path that was asked
    page = shapes.page(world, path, {}, values, offset, limit, len(shown))
    for name in ("next", "previous"):
        page[name] = page[name] and page[name].replace(path, "/me/playlists")
    audit_of(call).creates_in_doubt.discard(call.client)
    return json_response(200, page)


def of_user(world, call):
    found = [p for p in world.playlists.values() if p.owner == call.args[0] and p.public]
    if call.args[0] not in w.NAMES:
        raise Refusal(404, "Resource not found")
    offset, limit = call.params["offset"], call.params["limit"]
    values = [shapes.playlist_listed(world, p) for p in found[offset:offset + limit]]
    path = f"/users/{call.args[0]}/playlists"
    return json_response(200, shapes.page(world, path, {}, values, offset, limit, len(found)))


def get(world, call):
    may_read(world)
    playlist = find_readable(world, call)
    value = shapes.playlist(world, playlist)
    names = ("items",) if world.restricted() else ("tracks", "items")
    if not world.restricted() or world.may_edit(playlist):
        playlist.unknown_outcome = False
        for name in names:
            most = 100
            value[name] = json.loads(items_text(world, call, playlist, name, 0, most))
    return filtered(call, shapes.dump(value))


def items(world, call):
    may_read(world)
    playlist = find_readable(world, call)
    if world.restricted() and not world.may_edit(playlist):
        raise Refusal(403, "Forbidden")
    playlist.unknown_outcome = False
    name = call.request.path.rpartition("/")[2]
    text = items_text(world, call, playlist, name, call.params["offset"], call.params["limit"])
    return filtered(call, text)


def items_text(world, call, playlist, name, offset, limit):
    keys = ("track",) if name == "tracks" else ("item",) if world.restricted() else ("track",
                                                                                     "item")
    episodes = "episode" in call.params.get("additional_types", "").split(",")
    playable = "market" in call.params
    texts = [shapes.item_text(world, entry, keys, playable, episodes)
             for entry in playlist.items[offset:offset + limit]]
    rest = {n: call.params[n] for n in ("market", "fields", "additional_types")
            if n in call.params}
    path = f"/playlists/{playlist.id}/{name}"
    return shapes.page_text(world, path, rest, texts, offset, limit, len(playlist.items))


def filtered(call, text):
    fields = call.params.get("fields")
    if not fields:
        return text_response(text)
    try:
        tree = selection.parse(fields)
    except ValueError:
        raise Refusal(400, "Invalid fields") from None
    return json_response(200, selection.apply(tree, json.loads(text)))


# making and naming


def details(world, body, making):
    name, description = body.get("name"), body.get("description")
    for key in ("public", "collaborative"):
        if key in body and type(body[key]) is not bool:
            raise Refusal(400, f"Invalid field: {key}")
    if making or "name" in body:
        if not isinstance(name, str) or not name.strip():
            raise Refusal(400, "Missing required field: name")
        if len(name) > 100:
            raise Refusal(400, "Playlist name is too long")
    if "description" in body:
        check_description(world, description, making)
    return body


def check_description(world, text, making):
    if not isinstance(text, str) or (not text and not making):
        raise Refusal(400, "Invalid field: description")
    if any(ord(letter) < 32 or letter in "\u2028\u2029\x85" for letter in text):
        raise Refusal(400, "Invalid field: description")
    if len(text) > 300:
        raise Refusal(500, "Server error.")
    if world.switches["refuse_urls"] and re.search(r"https?://|www\.", text):
        raise Refusal(400, "Invalid field: description")


def make(world, call):
    if call.args and call.args[0] != w.PERSON:
        raise Refusal(403, "You cannot create a playlist for another user")
    body = details(world, call.body, making=True)
    public, shared = body.get("public", True), body.get("collaborative", False)
    if public and shared:
        raise Refusal(400, "Collaborative playlists can only be private")
    call.need("playlist-modify-public" if public else "playlist-modify-private")
    audit_of(call).created(call.request, call.client)
    playlist = world.add_playlist(
        body["name"], description=body.get("description", ""), public=public,
        collaborative=shared, created_by=call.client)
    playlist.shown_public = public or world.switches["public_reads_true"]
    playlist.hidden_reads = world.switches["list_lag"]
    playlist.images = []
    world.writes += 1
    value = shapes.playlist(world, playlist)
    name, limit = ("items", 50) if world.restricted() else ("tracks", 100)
    page = shapes.page(world, f"/playlists/{playlist.id}/{name}", {}, [], 0, limit, 0)
    value[name] = {**page, "href": f"{value['href']}/{name}"}
    return json_response(201, value, [("location", value["href"])])


def change(world, call):
    playlist = find(world, call)
    if playlist.owner != w.PERSON:
        raise Refusal(403, "Forbidden")
    find_writable(world, call)
    body = details(world, call.body, making=False)
    if not body:
        raise Refusal(400, "Missing required field: name")
    public = body.get("public", playlist.public)
    if public and body.get("collaborative", playlist.collaborative):
        raise Refusal(400, "Collaborative playlists can only be private")
    call.need("playlist-modify-public" if public else "playlist-modify-private")
    playlist.name = body.get("name", playlist.name)
    playlist.description = body.get("description", playlist.description)
    playlist.collaborative = body.get("collaborative", playlist.collaborative)
    if "public" in body:
        playlist.public = public
        playlist.shown_public = public or world.switches["public_reads_true"]
    written(world, playlist)
    return Response(200)


def written(world, playlist):
    playlist.touch(world.switches["snapshot_lag"])
    playlist.writes += 1
    world.writes += 1


def snapshot(playlist, status):
    return json_response(status, {"snapshot_id": playlist.snapshot()})


# the items


def check_uris(world, uris, verb="add", may_be_empty=False):
    if not isinstance(uris, list) or (not uris and not may_be_empty):
        raise Refusal(400, "No uris provided")
    if len(uris) > MOST:
        raise Refusal(400, f"You can {verb} a maximum of 100 tracks per request")
    for uri in uris:
        if not isinstance(uri, str) or not WRITABLE.fullmatch(uri):
            raise Refusal(400, f"Invalid track uri: {uri}")
    for uri in uris:
        if world.catalogue.find(uri) is None:
            raise Refusal(400, "Payload contains a non-existing ID")
    return uris


def index(body, key, high, default=None):
    value = body.get(key, default)
    if type(value) is not int or not 0 <= value <= high:
        raise Refusal(400, f"Index out of bounds: {key}")
    return value


def check_snapshot(playlist, body):
    """An older one is fine; one that never was is not."""
    text = body.get("snapshot_id")
    if text is None:
        return
    try:
        revision = int.from_bytes(base64.b64decode(text, validate=True)[:4], "big")
    except (ValueError, TypeError):
        revision = 0
    if not 0 < revision <= playlist.revision or playlist.snapshot(revision) != text:
        raise Refusal(400, "Invalid snapshot id")


def query_body(call):
    """Uris in the query win over those in the body."""
    body = dict(call.body)
    if "uris" in call.params:
        body["uris"] = call.params["uris"].split(",") if call.params["uris"] else []
    if "position" in call.params:
        if not call.params["position"].isdigit():
            raise Refusal(400, "Index out of bounds: position")
        body["position"] = int(call.params["position"])
    return body


def add(world, call):
    playlist = find_writable(world, call, adds=True)
    body = query_body(call)
    uris = check_uris(world, body.get("uris"))
    place = index(body, "position", len(playlist.items), len(playlist.items))
    room(world, len(playlist.items) + len(uris))
    moment = int(world.now())
    playlist.items[place:place] = [w.Entry(uri, moment) for uri in uris]
    written(world, playlist)
    return snapshot(playlist, 201)


def room(world, count):
    if count > world.switches["playlist_cap"]:
        status = world.switches["cap_status"]
        raise Refusal(status, "Playlist size limit reached" if status == 403 else "Server error.")


def replace_or_reorder(world, call):
    playlist = find_writable(world, call)
    body = query_body(call)
    ranged = [key for key in ("range_start", "insert_before", "range_length") if key in body]
    if "uris" in body and ranged:
        raise Refusal(400, "Replace and reorder cannot be combined")
    check_snapshot(playlist, body)
    if "uris" in body:
        uris = check_uris(world, body["uris"], "set", may_be_empty=True)
        room(world, len(uris))
        moment = int(world.now())
        playlist.items = [w.Entry(uri, moment) for uri in uris]
    elif ranged:
        reorder(playlist.items, body)
    else:
        raise Refusal(400, "No uris provided")
    written(world, playlist)
    return snapshot(playlist, 200)


def reorder(items, body):
    start = index(body, "range_start", len(items) - 1)
    before = index(body, "insert_before", len(items))
    length = index(body, "range_length", len(items) - start, 1)
    moving = items[start:start + length]
    if start <= before <= start + length:
        return
    del items[start:start + length]
    place = before if before < start else before - length
    items[place:place] = moving


def remove(world, call):
    """Takes away every copy; positions have been ignored for years."""
    playlist = find_writable(world, call)
    key = call.request.path.rpartition("/")[2]
    rows = call.body.get(key)
    if not isinstance(rows, list) or not rows:
        raise Refusal(400, "No uris provided")
    uris = []
    for row in rows:
        if not isinstance(row, dict) or "uri" not in row:
            raise Refusal(400, "No uris provided")
        if set(row) - {"uri", "positions"}:
            raise Refusal(400, "Unknown field in " + key)
        uris.append(row["uri"])
    check_snapshot(playlist, call.body)
    gone = set(check_uris(world, uris, "remove"))
    playlist.items = [entry for entry in playlist.items if entry.uri not in gone]
    written(world, playlist)
    return snapshot(playlist, 200)


def unfollow(world, call):
    playlist = find(world, call)
    call.need("playlist-modify-public" if playlist.public else "playlist-modify-private")
    if playlist.created_by != call.client:
        audit_of(call).library_write(call.request, call.client)
    playlist.followed = False
    world.writes += 1
    return Response(200)


def follow(world, call):
    playlist = find(world, call)
    call.need("playlist-modify-public")
    if call.request.body:
        parse_json(call.request.body)
    if playlist.created_by != call.client:
        audit_of(call).library_write(call.request, call.client)
    playlist.followed = True
    world.writes += 1
    return Response(200)


def cover(world, call):
    playlist = find_readable(world, call)
    return json_response(200, shapes.playlist(world, playlist)["images"] or [])


def set_cover(world, call):
    playlist = find_writable(world, call)
    if call.request.content_type != "image/jpeg":
        raise Refusal(400, "Invalid content type")
    try:
        picture = base64.b64decode(call.body, validate=True)
    except ValueError:
        raise Refusal(400, "Invalid base64") from None
    if len(call.body) > COVER_MAX:
        raise Refusal(413, "Payload too large")
    if not picture.startswith(b"\xff\xd8\xff"):
        raise Refusal(400, "Not a JPEG")
    playlist.images = shapes.images(playlist.id, (640,))
    written(world, playlist)
    return Response(202)
