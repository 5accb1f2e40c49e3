"""The JSON shapes, by regime: full (extended, grace) and restricted. Serialised once, kept."""

import html
import json
import time

import world as w

MARKETS = ["DE", "FR", "GB", "SE", "US"]


def dump(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def iso(moment):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(moment))


def link(world, kind, key):
    return {
        "external_urls": {"spotify": f"https://open.spotify.com/{kind}/{key}"},
        "href": f"{world.base}/{kind}s/{key}", "id": key, "type": kind,
        "uri": f"spotify:{kind}:{key}"}  # fmt: skip


def images(key, sizes=(640, 300, 64)):
    return [{"url": f"https://i.scdn.co/image/{size:04x}{key[:18]}", "height": size, "width": size}
            for size in sizes]


def user(world, key, public_only=True):
    return {"display_name": w.NAMES.get(key), **link(world, "user", key)}


def me(world, scopes):
    value = {**user(world, w.PERSON), "images": images(w.PERSON, (300, 64)),
             "account_id": w.ACCOUNT_ID}
    if world.restricted():
        return value
    value["followers"] = {"href": None, "total": 12}
    if "user-read-private" in scopes:
        value |= {"country": "SE", "product": "premium",
                  "explicit_content": {"filter_enabled": False, "filter_locked": False}}
    if "user-read-email" in scopes:
        value["email"] = "nora@example.com"
    return value


def artist_brief(world, artist):
    if artist.id is None:
        return {"external_urls": {}, "href": None, "id": None, "name": artist.name,
                "type": "artist", "uri": None}
    return {**link(world, "artist", artist.id), "name": artist.name}


def artist(world, artist):
    value = {**artist_brief(world, artist), "images": images(artist.id, (640, 320, 160))}
    genres = world.switches["artist_genres"]
    if genres == "regime":
        genres = "absent" if world.restricted() else "filled"
    if genres != "absent":
        value["genres"] = {"filled": artist.genres, "null": None, "empty": []}[genres]
    if not world.restricted():
        value["followers"] = {"href": None, "total": artist.popularity * 997}
        value["popularity"] = artist.popularity
    return value


def album_brief(world, album):
    if album is None:
        return None
    if album.id is None:
        value = {
            "album_type": None, "artists": [], "external_urls": {}, "href": None, "id": None,
            "images": [], "name": album.name, "release_date": None,
            "release_date_precision": None, "type": "album", "uri": None}
        return value if world.restricted() else {**value, "available_markets": []}
    value = {
        **link(world, "album", album.id), "album_type": album.kind,
        "artists": [artist_brief(world, a) for a in album.artists],
        "images": images(album.id), "name": album.name, "release_date": album.date,
        "release_date_precision": album.precision, "total_tracks": album.total}
    if not world.restricted():
        value["available_markets"] = MARKETS
    return value


def album(world, album):
    tracks = [album_track(world, song) for song in album.songs]
    value = {
        **album_brief(world, album), "copyrights": [{"text": album.label, "type": "P"}],
        "external_ids": {"upc": str(int(album.id.encode().hex(), 16))[:12]}, "genres": [],
        "tracks": page(world, f"/albums/{album.id}/tracks", {}, tracks[:50], 0, 50,
                       len(tracks))}
    if not world.restricted():
        value |= {"label": album.label, "popularity": album.total * 5}
    return value


def saved_album(world, entry):
    found = world.catalogue.albums.get(entry.uri.rpartition(":")[2])
    return {"added_at": iso(entry.added_at), "album": found and album(world, found)}


def album_track(world, song):
    value = {
        **link(world, "track", song.id), "artists": [artist_brief(world, a) for a in song.artists],
        "disc_number": 1, "duration_ms": song.duration_ms, "explicit": song.explicit,
        "name": song.name, "track_number": song.number, "is_local": False}
    return value if world.restricted() else {**value, "preview_url": None}


def track(world, song, playable, in_playlist):
    """`playable`: whether the answer judges availability (a market is known)."""
    shown = world.catalogue.songs.get(song.relinked_to, song)
    restricted = world.restricted()
    if song.is_local:
        value = {"external_urls": {}, "href": None, "id": None, "uri": song.uri, "type": "track"}
    else:
        value = link(world, "track", shown.id)
    value |= {
        "album": album_brief(world, shown.album),
        "artists": [artist_brief(world, a) for a in shown.artists],
        "disc_number": 0 if song.is_local else 1, "duration_ms": shown.duration_ms,
        "explicit": shown.explicit, "name": shown.name, "track_number": shown.number,
        "external_ids": {"isrc": shown.isrc} if shown.isrc else {}, "is_local": song.is_local}
    if not restricted:
        value |= {"popularity": shown.popularity, "preview_url": None,
                  "available_markets": MARKETS if shown.playable and not song.is_local else []}
        if shown is not song:
            value["linked_from"] = link(world, "track", song.id)
    if playable and not song.is_local:
        value["is_playable"] = shown.playable
        if value["album"]:
            value["album"]["is_playable"] = shown.playable
        if shown.restriction:
            value["restrictions"] = {"reason": shown.restriction}
    if in_playlist and not song.is_local:
        value |= {"episode": False, "track": True}
    return value


def episode(world, episode):
    show = {**link(world, "show", episode.show_id), "name": episode.show, "media_type": "audio",
            "publisher": "Nobody", "languages": ["en"], "copyrights": [], "description": "",
            "explicit": False, "images": images(episode.show_id), "is_externally_hosted": False}
    return {
        **link(world, "episode", episode.id), "audio_preview_url": None, "description": "Made up.",
        "duration_ms": episode.duration_ms, "episode": True, "explicit": False,
        "images": images(episode.id), "is_externally_hosted": False, "is_playable": True,
        "language": "en", "languages": ["en"], "name": episode.name,
        "release_date": "2025-05-22", "release_date_precision": "day", "show": show,
        "track": False}


def squeezed_episode(world, episode):
    """What a caller gets who did not ask for episodes: something like a track, full of nulls."""
    nobody = {"external_urls": {}, "href": None, "id": None, "name": None, "type": None,
              "uri": None}
    return {
        **link(world, "episode", episode.id), "duration_ms": episode.duration_ms, "episode": True,
        "track": False, "explicit": False, "name": episode.name, "disc_number": 0,
        "track_number": 0, "is_local": False, "external_ids": {}, "artists": [nobody],
        "album": {**nobody, "name": episode.show, "album_type": None, "images": [],
                  "artists": [nobody], "release_date": None, "release_date_precision": None}}


def content_text(world, uri, playable=False, in_playlist=False, episodes=True):
    """The serialised song or episode; kept, because a page of fifty is asked for often."""
    if uri == w.NULL_ITEM:
        return "null"
    key = (uri, playable, in_playlist, episodes)
    text = world.bodies.get(key)
    if text is None:
        thing = world.catalogue.find(uri)
        if thing is None:
            value = None
        elif uri in world.catalogue.songs:
            value = track(world, thing, playable, in_playlist)
        elif episodes:
            value = episode(world, thing)
        else:
            value = squeezed_episode(world, thing)
        text = world.bodies[key] = dump(value)
    return text


def page_address(world, path, params, offset, limit):
    rest = "".join(f"&{name}={value}" for name, value in params.items())
    return f"{world.base}{path}?offset={offset}&limit={limit}{rest}"


def page(world, path, params, items, offset, limit, total):
    def at(start):
        return page_address(world, path, params, start, limit)

    return {
        "href": at(offset), "items": items, "limit": limit,
        "next": at(offset + limit) if offset + limit < total else None, "offset": offset,
        "previous": at(max(0, offset - limit)) if offset else None, "total": total}


def page_text(world, path, params, texts, offset, limit, total):
    frame = page(world, path, params, [], offset, limit, total)
    before, _, after = dump(frame).partition('"items":[]')
    return f'{before}"items":[{",".join(texts)}]{after}'


def like_text(world, entry):
    content = content_text(world, entry.uri, playable=True)
    return f'{{"added_at":"{iso(entry.added_at)}","track":{content}}}'


def item_text(world, entry, keys, playable, episodes):
    """One playlist entry; `keys`: item, track, or both with equal content."""
    key = ("by", entry.added_by)
    by = world.bodies.get(key)
    if by is None:
        by = world.bodies[key] = dump(link(world, "user", entry.added_by))
    content = content_text(world, entry.uri, playable, True, episodes)
    local = "true" if entry.uri.startswith("spotify:local:") else "false"
    bodies = ",".join(f'"{name}":{content}' for name in keys)
    return (f'{{"added_at":"{iso(entry.added_at)}","added_by":{by},"is_local":{local},'
            f'"primary_color":null,{bodies},"video_thumbnail":{{"url":null}}}}')


def snapshot_shown(playlist, read=True):
    if playlist.stale_reads:
        if read:
            playlist.stale_reads -= 1
        return playlist.snapshot(playlist.stale_revision)
    return playlist.snapshot()


def playlist(world, playlist):
    key = playlist.id
    value = {
        **link(world, "playlist", key), "collaborative": playlist.collaborative,
        "description": html.escape(playlist.description).replace("/", "&#x2F;"),
        "images": playlist.images if playlist.images is not None or not playlist.items
        else images(key, (640,)),
        "name": playlist.name, "owner": user(world, playlist.owner), "primary_color": None,
        "public": playlist.shown_public, "snapshot_id": snapshot_shown(playlist)}
    if not world.restricted():
        value["followers"] = {"href": None, "total": 0}
    return value


def playlist_listed(world, playlist_):
    value = playlist(world, playlist_)
    value.pop("followers", None)
    names = ("items",) if world.restricted() else ("tracks", "items")
    for name in names:
        value[name] = {"href": f"{value['href']}/{name}", "total": len(playlist_.items)}
    return value


def audio_features(world, song):
    return {
        **song.statistics, "type": "audio_features", "id": song.id, "uri": song.uri,
        "track_href": f"{world.base}/tracks/{song.id}", "duration_ms": song.duration_ms,
        "analysis_url": f"{world.base}/audio-analysis/{song.id}"}
