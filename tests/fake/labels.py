"""What the open catalogue knows about the made-up artists: ids, links, namesakes and tags."""

import random
from dataclasses import dataclass, field

import genres
from common import chance, make_uuid, plain

# names that the music service uses and the official list does not have
UNOFFICIAL = {
    "melodic rap", "anime", "audio drama", "score", "children's music", "christian pop",
    "modern blues", "classical piano", "gospel choir", "orchestral soundtrack", "p-funk",
    "video game music", "desert blues", "underground hip hop",
}  # fmt: skip
MORE = (
    "2 tone|acid house|acid jazz|acoustic blues|acoustic rock|afro-cuban jazz|alternative metal|"
    "ambient techno|anti-folk|avant-garde|ballad|baroque|baroque pop|bass house|beat music|bebop|"
    "big band|black metal|blackgaze|bossa nova|breakbeat|breakcore|britpop|brill building|"
    "calypso|candombe|chamber folk|chamber pop|chanson|chicago blues|chillwave|chiptune|"
    "choral|classic country|cloud rap|cold wave|conscious hip hop|contemporary folk|cool jazz|"
    "country blues|country rock|crust punk|dark wave|darkstep|digital hardcore|dixieland|"
    "doo-wop|downtempo|drum and bass|dubstep|east coast hip hop|electro|electroacoustic|"
    "electronica|ethereal wave|eurodance|experimental|fado|field recording|flamenco|folk metal|"
    "folk rock|forro|freak folk|future bass|gabber|gangsta rap|garage punk|garage rock|"
    "glam metal|glam rock|glitch|gothic rock|grime|grindcore|groove metal|grunge|gypsy jazz|"
    "hard rock|hard trance|hardstyle|heavy metal|horrorcore|house|hyperpop|idm|industrial|"
    "industrial metal|italo-disco|jangle pop|jungle|kizomba|klezmer|krautrock|latin jazz|"
    "lo-fi hip hop|madchester|math rock|melodic death metal|merengue|metalcore|microhouse|"
    "modal jazz|mpb|musique concrete|noise|noise rock|nu metal|opera|outsider house|piano blues|"
    "post-bop|post-hardcore|power metal|progressive house|progressive rock|psychedelic rock|"
    "ragtime|ranchera|renaissance|rock and roll|rockabilly|romantic classical|samba|"
    "screamo|shoegaze|skate punk|soft rock|southern rock|space rock|speed metal|stoner rock|"
    "surf rock|swing|symphonic metal|tango|tech house|thrash metal|trip hop|twee pop|vaporwave|"
    "west coast hip hop|western swing|yacht rock|zouk|zydeco"
).split("|")  # fmt: skip
OFFICIAL = sorted({name for names in genres.TAGS.values() for name in names} - UNOFFICIAL |
                  set(MORE))
NOISE = (
    "seen live", "american", "british", "2008 universal fire victim", "female vocals", "90s",
    "favorites", "production music", "english", "special purpose artist", "cassette culture",
    "fixme label mess", "swedish", "under 2000 listeners",
)  # fmt: skip
UNLIKELY = ("Norwegian accordion duo", "bedroom producer from Leeds", "1930s dance band",
            "tribute act")


@dataclass(eq=False)
class Doc:
    """One artist there; `artist` is the music service's, None for a namesake or a member."""

    mbid: str
    name: str
    tags: list  # (name, count), counts may be 0 or negative
    artist: object = None
    note: str = ""
    songs: list = field(default_factory=list)

    def brief(self):
        kind = "Group" if chance("kind", self.mbid) < 0.6 else "Person"
        return {"id": self.mbid, "name": self.name, "sort-name": self.name,
                "disambiguation": self.note, "type": kind,
                "type-id": make_uuid("artist type", kind)}


def artist_tags(artist, families):
    """Mostly right, with the dirt of a free vocabulary between."""
    rng = random.Random(f"tags {artist.id} {families}")
    if rng.random() < 0.06:
        return []
    rows = {}
    for place, family in enumerate(families):
        names = [name for name in genres.TAGS[family] if name not in UNOFFICIAL]
        top = max(2, rng.randint(4, 14) - 4 * place)
        chosen = names[:1] + rng.sample(names[1:], min(2, len(names) - 1))
        for n, name in enumerate(chosen):
            rows.setdefault(name, max(1, top - 2 * n - rng.randint(0, 1)))
    for name in rng.sample(NOISE, rng.randint(1, 4)):
        rows.setdefault(name, rng.randint(0, 6))
    rows.setdefault(rng.choice(OFFICIAL), 0)
    if rng.random() < 0.5:
        rows.setdefault(rng.choice(OFFICIAL), -1)
    if rng.random() < 0.2:
        rows.setdefault(rng.choice(sorted(UNOFFICIAL)), rng.randint(1, 3))
    pairs = list(rows.items())
    rng.shuffle(pairs)
    return pairs


class Labels:
    def __init__(self, world):
        self.world = world
        self.made_for = None
        self.by_isrc = {}
        for song in world.catalogue.songs.values():
            if song.id and song.isrc:
                self.by_isrc.setdefault(song.isrc, []).append(song)

    def status(self, artist):
        """How it can be found: linked, isrc, name, or none when nobody entered it."""
        switches = self.world.switches
        if chance("linked", artist.id) < switches["musicbrainz_linked"]:
            return "linked"
        if chance("isrc", artist.id) < switches["musicbrainz_isrc"]:
            return "isrc"
        return "name" if chance("name", artist.id) < 0.75 else "none"

    def docs(self):
        """The whole catalogue; made anew when the shares change."""
        switches = self.world.switches
        key = switches["musicbrainz_linked"], switches["musicbrainz_isrc"]
        if key != self.made_for:
            self.made_for = key
            self.by_mbid, self.by_name, self.of_artist = {}, {}, {}
            for artist in self.world.catalogue.artists.values():
                self.enter(artist)
            for song in self.world.catalogue.songs.values():
                doc = self.of_artist.get(song.artists[0].id)
                if doc and song.id:
                    doc.songs.append(song)
        return self

    def enter(self, artist):
        status, rows = self.status(artist), []
        if status != "none":
            doc = Doc(make_uuid("artist", artist.id), artist.name,
                      artist_tags(artist, artist.families), artist)
            self.of_artist[artist.id] = doc
            rows.append(doc)
        draw = chance("namesakes", artist.id)
        for n in range(2 if draw < 0.08 else 1 if draw < 0.25 else 0):
            rows.append(self.namesake(artist, n))
        if draw < 0.1:  # the wrong one is found first
            rows.reverse()
        self.by_name.setdefault(plain(artist.name), []).extend(rows)
        if status == "linked" and chance("member", artist.id) < 0.08:
            member = Doc(make_uuid("member", artist.id), artist.name.split()[0] + " (solo)", [],
                         None, "member of " + artist.name)
            self.by_name.setdefault(plain(member.name), []).append(member)
            rows.append(member)
        self.by_mbid |= {doc.mbid: doc for doc in rows}

    def namesake(self, artist, n):
        others = [family for family in genres.FAMILIES if family not in artist.families]
        family = others[int(chance("family", n, artist.id) * len(others))]
        return Doc(make_uuid("namesake", n, artist.id), artist.name,
                   artist_tags(artist, (family,)), None, UNLIKELY[n])

    def linked_docs(self, artist):
        """Whom the artist's page on the music service is linked to; None: nobody knows it."""
        self.docs()
        if self.status(artist) != "linked":
            return None
        member = self.by_mbid.get(make_uuid("member", artist.id))
        found = [self.of_artist[artist.id]] + ([member] if member else [])
        return found[::-1] if chance("order", artist.id) < 0.5 else found

    def knows_isrc(self, song):
        """Whether a recording of that song carries its code."""
        status = self.status(song.artists[0]) if song.artists[0].id else "none"
        return status == "isrc" or (status == "linked" and chance("code", song.isrc) < 0.6)

    def recordings(self, isrc):
        """(song, credited docs), at times also a stranger's that carries the code by mistake."""
        self.docs()
        found = []
        for song in self.by_isrc.get(isrc, ()):
            if self.knows_isrc(song):
                credited = [self.of_artist.get(artist.id) for artist in song.artists]
                found.append((song, [doc for doc in credited if doc]))
        if found and chance("mistaken", isrc) < 0.06:
            docs = list(self.of_artist.values())
            stranger = docs[int(chance("stranger", isrc) * len(docs))]
            if stranger.songs:
                found.insert(0, (stranger.songs[0], [stranger]))
        return found
