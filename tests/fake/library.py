"""The made-up catalogue: artists, albums, songs and episodes, all from one seed."""

import random
from dataclasses import dataclass, field
from urllib.parse import quote_plus

import genres

BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
ONSETS = "b br d dr f gr h j k kl l m n p qu r s sk st t tr v vr w z zh".split()
VOWELS = "a e i o u ae ei io ou y".split()
CODAS = "l m n nd r rk s sh t th v x ll ss mb".split()
FORMS = (
    "{b} {a}", "{a} {b}", "The {a}s", "{a} & The {b}s", "{a} {b} Trio", "DJ {a}", "{a} {b}",
    "{a} Collective", "{a}.{b}", "Saint {a}",
)  # fmt: skip
FOREIGN = (
    "Ёлкин Дрозд", "Zoë Ångskär", "さくらもどき楽団", "فرقة وهمية", "להקת דמיון", "가상밴드하나",
    "Ðorvik Þelmar", "Çağrınur Üzüm",
)  # fmt: skip
TITLES = (
    "{x}", "{x} {y}", "{x} and {y}", "The {x} Song", "{x} for {name}", "After the {x}",
    "No More {x}", "{x} (feat. {name})", "My {x}", "{x}, Pt. 2", "{x} in the {y}",
    "{x} - Remastered {year}",
)  # fmt: skip


@dataclass(eq=False)
class Artist:
    id: str
    name: str
    families: tuple
    genres: list
    leaning: list
    popularity: int


@dataclass(eq=False)
class Album:
    id: str
    name: str
    artists: list
    kind: str
    date: str
    precision: str
    total: int
    label: str
    family: str
    songs: list = field(default_factory=list)


@dataclass(eq=False)
class Song:
    id: str
    uri: str
    name: str
    artists: list
    album: Album
    family: str
    duration_ms: int
    explicit: bool
    isrc: str
    number: int
    popularity: int
    statistics: dict
    is_local: bool = False
    playable: bool = True
    restriction: str = ""
    relinked_to: str = ""  # another song's uri, shown in place of this one


@dataclass(eq=False)
class Episode:
    id: str
    uri: str
    name: str
    show: str
    show_id: str
    duration_ms: int


class Catalogue:
    """Everything that exists, whether the person likes it or not."""

    def __init__(self, seed, songs, odd=True):
        self.rng = random.Random(f"catalogue {seed}")
        self.songs = {}  # uri -> Song, in the order made
        self.artists = {}
        self.albums = {}
        self.episodes = {}
        self.odd = []  # uris of the awkward songs
        self._words = {name: words.split() for name, words in genres.WORDS.items()}
        self._make_artists(max(22, songs // 4))
        self._make_albums(songs + max(40, songs // 10))
        self.plain = list(self.songs)
        if odd:
            self._make_odd()
        for _ in range(4):
            self._make_episode()

    def make_id(self):
        return "".join(self.rng.choices(BASE62, k=22))

    def find(self, uri):
        return self.songs.get(uri) or self.episodes.get(uri)

    def _word(self):
        rng = self.rng
        parts = [rng.choice(ONSETS) + rng.choice(VOWELS) for _ in range(rng.choice((0, 1, 1, 2)))]
        return ("".join(parts) + rng.choice(ONSETS) + rng.choice(VOWELS) +
                rng.choice(CODAS)).capitalize()

    def _make_artists(self, count):
        rng = self.rng
        for n in range(count):
            form = rng.choice(FORMS)
            name = form.format(a=self._word(), b=self._word())
            if n % 19 == 7:
                name = f"{FOREIGN[n // 19 % len(FOREIGN)]} {self._word()}"
            families = [genres.FAMILIES[n % len(genres.FAMILIES)]]
            if rng.random() < 0.3:
                families.append(rng.choice(genres.FAMILIES))
            tags = [t for f in families for t in rng.sample(genres.TAGS[f], rng.randint(1, 3))]
            self._add_artist(name, tuple(dict.fromkeys(families)),
                             [] if rng.random() < 0.08 else list(dict.fromkeys(tags)))

    def _add_artist(self, name, families, tags):
        leaning = [self.rng.gauss(0.0, 1.0) for _ in genres.STATISTICS]
        artist = Artist(self.make_id(), name, families, tags, leaning, self.rng.randint(5, 80))
        self.artists[artist.id] = artist
        return artist

    def _make_albums(self, songs):
        artists = list(self.artists.values())
        while len(self.songs) < songs:
            artist = self.rng.choice(artists)
            album = self._add_album(artist, self.rng.choice(artist.families))
            for number in range(1, min(album.total, songs - len(self.songs)) + 1):
                self._add_song(album, number, artists)

    def _add_album(self, artist, family):
        rng = self.rng
        total = rng.choice((1, 1, 2, 4, 8, 10, 12))
        kind = "single" if total < 5 else "album"
        year, month, day = rng.randint(1962, 2026), rng.randint(1, 9), rng.randint(1, 28)
        precision = rng.choices(("day", "month", "year"), (90, 3, 7))[0]
        date = {"day": f"{year}-{month:02}-{day:02}", "month": f"{year}-{month:02}",
                "year": f"{year}"}[precision]
        name = self._title(family, artist.name, year)
        album = Album(self.make_id(), name, [artist], kind, date, precision, total,
                      f"{self._word()} Records", family)
        self.albums[album.id] = album
        return album

    def _title(self, family, name, year):
        x, y = self.rng.sample(self._words[family], 2)
        form = self.rng.choice(TITLES)
        return form.format(x=x, y=y, name=name.split()[-1], year=year)

    def _add_song(self, album, number, guests=(), name=None):
        rng = self.rng
        family, lead = album.family, album.artists[0]
        artists = [lead]
        if guests and rng.random() < 0.12:
            guest = rng.choice(guests)
            artists += [guest] if guest is not lead else []
        key = self.make_id()
        seconds = max(40.0, rng.gauss(genres.SECONDS[family], 50.0))
        song = Song(
            id=key, uri=f"spotify:track:{key}", artists=artists, album=album, family=family,
            name=name or self._title(family, self._word(), album.date[:4]),
            duration_ms=int(seconds * 1000), explicit=rng.random() < 0.1,
            isrc=f"QZFKE{album.date[2:4]}{len(self.songs):05}", number=number,
            popularity=rng.randint(0, 90), statistics=genres.draw(rng, family, lead.leaning))
        self.songs[song.uri] = song
        album.songs.append(song)
        return song

    def _make_odd(self):
        """What real libraries are full of and tidy fixtures never are."""
        artists = list(self.artists.values())
        pick = self.rng.choice

        def one(**changes):
            artist = pick(artists)
            song = self._add_song(self._add_album(artist, pick(artist.families)), 1)
            for name, value in changes.items():
                setattr(song, name, value)
            self.odd.append(song.uri)
            return song

        one(name="<img onerror=alert(1) src=x>")
        one(name="שיר שלא היה مع أغنية \u202eRTL\u202c")
        one(name="夜の" + "とても" * 60 + "長い名前")
        one(name="e\u0301tude 🎻 \"quoted\" \\ back\tslash & <b>")
        one(name="")
        one(playable=False, restriction="market")
        one(playable=False, restriction="explicit", explicit=True)
        one(playable=False)
        one(isrc="")
        one(isrc="")
        one(album=None)
        for precision, length in (("year", 4), ("month", 7), ("day", 10)):
            song = one()
            song.album.precision, song.album.date = precision, "1979-03-09"[:length]
        song = one()
        song.album.date = song.album.precision = None
        for _ in range(2):  # the same recording on a single and on an album
            first = one()
            other = one(name=first.name, artists=first.artists, isrc=first.isrc,
                        statistics=first.statistics, duration_ms=first.duration_ms)
            other.album.artists = first.album.artists
        for _ in range(2):  # liked under one id, shown under another
            shown, liked = one(), one()
            self.odd.remove(shown.uri)
            liked.name, liked.artists, liked.isrc = shown.name, shown.artists, shown.isrc
            liked.relinked_to = shown.uri
        for n in range(3):
            self.odd.append(self.make_local(f"Home Recording No. {n + 1}").uri)

    def make_local(self, name):
        artist = Artist(None, f"{self._word()} (bootleg)", (), [], [], 0)
        album = Album(None, f"{self._word()} Tape", [], None, None, None, 0, "", "")
        seconds = self.rng.randint(60, 400)
        uri = "spotify:local:" + ":".join(
            [quote_plus(part) for part in (artist.name, album.name, name)] + [str(seconds)])
        song = Song(None, uri, name, [artist], album, "", seconds * 1000, False, "", 0, 0, {},
                    is_local=True)
        self.songs[uri] = song
        return song

    def make_long_album(self, songs):
        """One as no album of the seed is: longer than a page."""
        rng, self.rng = self.rng, random.Random(f"long album {len(self.albums)}")
        artist = next(a for a in self.artists.values() if "rock" in a.families)
        album = self._add_album(artist, "rock")
        album.kind, album.total = "compilation", songs
        for number in range(1, songs + 1):
            self._add_song(album, number)
        self.rng = rng
        return album

    def _make_episode(self):
        key = self.make_id()
        name = f"Episode {len(self.episodes) + 1}: {self._word()}"
        episode = Episode(key, f"spotify:episode:{key}", name, f"The {self._word()} Hour",
                          self.make_id(), self.rng.randint(900, 5400) * 1000)
        self.episodes[episode.uri] = episode
