"""The fake's memory across restarts. The catalogue is made again from its seed."""

import json
import os

import world as w
from service import Service


def save(service, path):
    world = service.world
    names = ("items", "in_flight")
    playlists = [{k: v for k, v in vars(p).items() if k not in names} |
                 {"items": [vars(entry) for entry in p.items]} for p in world.playlists.values()]
    locals_ = [s.name for s in world.catalogue.songs.values() if s.is_local]
    value = {
        "seed": world.seed, "songs": world.song_count, "odd": world.has_odd,
        "clients": sorted(world.clients), "switches": world.switches, "locals": locals_,
        "clock_offset": world.clock_offset, "likes": [vars(entry) for entry in world.likes],
        "albums": [vars(entry) for entry in world.albums], "long_albums": world.long_albums,
        "playlists": playlists, "ban": world.ban, "accounts": service.accounts.save()}
    part = f"{path}.part"
    with open(part, "w", encoding="utf-8") as file:
        json.dump(value, file, ensure_ascii=False, indent=1)
    os.replace(part, path)


def load(path):
    with open(path, encoding="utf-8") as file:
        value = json.load(file)
    world = w.World(value["seed"], value["songs"], value["odd"], value["clients"])
    known = [s.name for s in world.catalogue.songs.values() if s.is_local]
    for name in value["locals"][len(known):]:
        world.catalogue.make_local(name)
    for songs in value["long_albums"]:
        world.make_long_album(songs)
    for name, setting in value["switches"].items():
        world.set_switch(name, setting)
    world.clock_offset = value["clock_offset"]
    world.likes = [w.Entry(**row) for row in value["likes"]]
    world.albums = [w.Entry(**row) for row in value["albums"]]
    world.playlists = {}
    for row in value["playlists"]:
        items = [w.Entry(**entry) for entry in row.pop("items")]
        world.playlists[row["id"]] = w.Playlist(**row, items=items)
    world.ban = value["ban"]
    world.rng.seed(f"{value['seed']} {len(world.playlists)} {world.clock_offset}")
    service = Service(world)
    service.accounts.load(value["accounts"])
    return service
