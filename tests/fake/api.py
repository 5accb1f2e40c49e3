"""The Web API as one table."""

import music
import playlists as p
from gate import Route

PAGE = ("limit", "offset")
ITEMS = (*PAGE, "market", "fields", "additional_types")
READ_LISTS = ("playlist-read-private",)
NAMING = ("name", "public", "collaborative", "description")
SORTING = ("uris", "range_start", "insert_before", "range_length", "snapshot_id")
FEW = (5, 10)
ONE = "/playlists/{id}"

ROUTES = (
    Route("GET", "/me", music.me),
    Route("GET", "/me/tracks", music.likes, (*PAGE, "market"), scopes=("user-library-read",)),
    Route("PUT", "/me/tracks", music.likes_change, ("ids",), gone=True, body="optional",
          keys=("ids",), scopes=("user-library-modify",)),
    Route("DELETE", "/me/tracks", music.likes_change, ("ids",), gone=True, body="optional",
          keys=("ids",), scopes=("user-library-modify",)),
    Route("GET", "/me/tracks/contains", music.likes_contain, ("ids",), gone=True,
          scopes=("user-library-read",)),
    Route("GET", "/me/albums", music.saved_albums, (*PAGE, "market"),
          scopes=("user-library-read",)),
    Route("PUT", "/me/albums", music.likes_change, ("ids",), gone=True, body="optional",
          keys=("ids",), scopes=("user-library-modify",)),
    Route("DELETE", "/me/albums", music.likes_change, ("ids",), gone=True, body="optional",
          keys=("ids",), scopes=("user-library-modify",)),
    Route("PUT", "/me/library", music.library_change, ("uris",), body="raw"),
    Route("DELETE", "/me/library", music.library_change, ("uris",), body="raw"),
    Route("GET", "/me/library/contains", music.library_contains, ("uris",)),
    Route("GET", "/me/playlists", p.mine, PAGE, scopes=READ_LISTS),
    Route("POST", "/me/playlists", p.make, body="json", keys=NAMING),
    Route("GET", "/users/{id}", music.user, gone=True),
    Route("GET", "/users/{id}/playlists", p.of_user, PAGE, gone=True),
    Route("POST", "/users/{id}/playlists", p.make, gone=True, body="json", keys=NAMING),
    Route("GET", ONE, p.get, ("market", "fields", "additional_types")),
    Route("PUT", ONE, p.change, body="json", keys=NAMING),
    Route("GET", ONE + "/items", p.items, ITEMS, scopes=READ_LISTS),
    Route("POST", ONE + "/items", p.add, ("uris", "position"), body="optional",
          keys=("uris", "position")),
    Route("PUT", ONE + "/items", p.replace_or_reorder, ("uris",), body="optional", keys=SORTING),
    Route("DELETE", ONE + "/items", p.remove, body="json", keys=("items", "snapshot_id")),
    Route("GET", ONE + "/tracks", p.items, ITEMS, (20, 100), gone=True, scopes=READ_LISTS),
    Route("POST", ONE + "/tracks", p.add, ("uris", "position"), gone=True, body="optional",
          keys=("uris", "position")),
    Route("PUT", ONE + "/tracks", p.replace_or_reorder, ("uris",), gone=True, body="optional",
          keys=SORTING),
    Route("DELETE", ONE + "/tracks", p.remove, gone=True, body="json",
          keys=("tracks", "snapshot_id")),
    Route("PUT", ONE + "/followers", p.follow, gone=True, body="optional", keys=("public",)),
    Route("DELETE", ONE + "/followers", p.unfollow, gone=True),
    Route("GET", ONE + "/images", p.cover),
    Route("PUT", ONE + "/images", p.set_cover, body="raw", scopes=("ugc-image-upload",)),
    Route("GET", "/tracks", music.tracks, ("ids", "market"), gone=True),
    Route("GET", "/tracks/{id}", music.track, ("market",), single=True),
    Route("GET", "/artists", music.artists, ("ids",), gone=True),
    Route("GET", "/artists/{id}", music.artist, single=True),
    Route("GET", "/artists/{id}/albums", music.artist_albums, PAGE, limit_restricted=FEW,
          single=True),
    Route("GET", "/albums", music.albums, ("ids", "market"), gone=True),
    Route("GET", "/albums/{id}", music.album, ("market",), single=True),
    Route("GET", "/albums/{id}/tracks", music.album_tracks, (*PAGE, "market"), single=True),
    Route("GET", "/audio-features", music.audio_features, ("ids",), features=True),
    Route("GET", "/audio-features/{id}", music.audio_feature, features=True, single=True),
    Route("GET", "/search", music.search, ("q", "type", "market", *PAGE), limit_restricted=FEW,
          offset_max=1000),
    Route("GET", "/audio-analysis/{id}", music.nowhere, features=True),
    Route("GET", "/recommendations", music.nowhere, features=True),
    Route("GET", "/artists/{id}/related-artists", music.nowhere, features=True),
    Route("GET", "/artists/{id}/top-tracks", music.nowhere, ("market",), gone=True),
    Route("GET", "/markets", music.nowhere, gone=True),
    Route("GET", "/browse/new-releases", music.nowhere, PAGE, gone=True),
    Route("GET", "/browse/categories", music.nowhere, PAGE, gone=True),
)
