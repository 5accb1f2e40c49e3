"""The 22 genre families: how their songs measure, what they are tagged, what they are called.

The numbers are a mean and a deviation per audio statistic, in the order of STATISTICS. A skewed
statistic (instrumentalness) is not normal in life; clipped normals are near enough to tell the
families apart, which is all that is asked of a made-up library.
"""

STATISTICS = (
    "danceability", "energy", "key", "loudness", "mode", "speechiness", "acousticness",
    "instrumentalness", "liveness", "valence", "tempo", "time_signature",
)  # fmt: skip

RANGES = {
    "key": (0, 11), "loudness": (-60.0, 0.5), "mode": (0, 1), "tempo": (40.0, 220.0),
    "time_signature": (1, 5),
}  # fmt: skip

WHOLE = ("key", "mode", "time_signature")

MEANS = {
    "rock": (.46, .66, 5.2, -8.6, .70, .056, .21, .26, .20, .43, 124, 3.9),
    "indie": (.49, .60, 5.1, -8.7, .73, .051, .30, .26, .19, .42, 123, 3.9),
    "pop": (.57, .61, 5.2, -8.3, .66, .059, .31, .12, .18, .49, 122, 3.92),
    "hip-hop": (.69, .64, 5.2, -7.2, .55, .199, .18, .04, .21, .45, 122, 3.97),
    "electronic": (.62, .73, 5.5, -8.2, .53, .079, .15, .44, .20, .39, 125, 3.95),
    "soul": (.62, .56, 5.3, -8.5, .56, .108, .34, .06, .19, .52, 116, 3.92),
    "metal": (.43, .78, 5.2, -7.3, .62, .081, .09, .36, .23, .32, 124, 3.87),
    "folk": (.49, .42, 5.1, -11.7, .77, .048, .58, .18, .16, .40, 117, 3.84),
    "jazz": (.56, .50, 5.3, -11.5, .52, .086, .47, .41, .17, .48, 115, 3.86),
    "punk": (.47, .76, 5.5, -6.8, .72, .080, .13, .14, .22, .48, 130, 3.95),
    "world": (.62, .59, 5.3, -10.6, .49, .094, .34, .23, .16, .52, 115, 3.93),
    "country": (.54, .50, 5.3, -9.1, .82, .045, .47, .08, .17, .47, 119, 3.88),
    "ambient": (.36, .32, 5.0, -16.3, .58, .058, .65, .68, .15, .19, 108, 3.76),
    "classical": (.40, .33, 5.1, -16.6, .66, .053, .66, .44, .15, .30, 113, 3.76),
    "latin": (.64, .58, 5.5, -8.7, .50, .086, .44, .11, .18, .61, 120, 3.86),
    "reggae": (.68, .63, 5.6, -8.7, .58, .098, .20, .16, .20, .63, 119, 3.97),
    "gospel": (.52, .59, 5.2, -7.8, .82, .068, .31, .04, .18, .38, 121, 3.89),
    "blues": (.55, .54, 5.1, -8.9, .63, .063, .39, .11, .20, .53, 120, 3.78),
    "funk-disco": (.69, .70, 5.6, -8.4, .56, .087, .19, .21, .18, .67, 121, 3.97),
    "asian-pop": (.62, .66, 5.3, -7.6, .54, .080, .31, .15, .18, .57, 125, 3.94),
    "soundtrack": (.39, .34, 5.3, -15.9, .64, .064, .57, .51, .18, .26, 112, 3.79),
    "spoken": (.62, .52, 4.8, -10.6, .77, .195, .51, .17, .23, .59, 121, 3.88),
}

DEVIATIONS = {
    "rock": (.16, .23, 3.6, 4.0, .46, .054, .28, .34, .17, .25, 29, .40),
    "indie": (.17, .23, 3.5, 3.8, .44, .047, .33, .34, .14, .24, 29, .40),
    "pop": (.16, .22, 3.6, 3.7, .47, .059, .31, .26, .15, .24, 28, .35),
    "hip-hop": (.15, .16, 3.7, 2.8, .50, .135, .22, .15, .16, .22, 29, .32),
    "electronic": (.16, .21, 3.6, 4.2, .50, .077, .25, .38, .17, .25, 22, .33),
    "soul": (.15, .18, 3.6, 3.3, .50, .122, .28, .18, .17, .25, 29, .38),
    "metal": (.16, .23, 3.5, 4.3, .48, .066, .22, .37, .19, .21, 29, .51),
    "folk": (.16, .24, 3.6, 6.6, .42, .051, .33, .32, .13, .24, 30, .49),
    "jazz": (.18, .25, 3.5, 5.0, .50, .098, .36, .39, .15, .27, 29, .53),
    "punk": (.17, .21, 3.6, 3.4, .45, .080, .24, .27, .17, .24, 31, .30),
    "world": (.20, .27, 3.6, 8.7, .50, .088, .33, .36, .13, .27, 28, .43),
    "country": (.13, .23, 3.5, 3.6, .38, .051, .33, .21, .12, .22, 29, .42),
    "ambient": (.21, .24, 3.5, 7.4, .49, .067, .34, .36, .12, .20, 33, .69),
    "classical": (.18, .28, 3.4, 9.2, .48, .058, .37, .41, .11, .25, 32, .66),
    "latin": (.15, .22, 3.5, 4.4, .50, .087, .32, .26, .14, .26, 30, .48),
    "reggae": (.15, .20, 3.5, 4.2, .49, .087, .25, .30, .16, .26, 29, .29),
    "gospel": (.16, .21, 3.6, 3.9, .38, .079, .31, .17, .16, .21, 31, .41),
    "blues": (.14, .23, 3.5, 3.8, .48, .058, .33, .24, .18, .23, 33, .54),
    "funk-disco": (.14, .18, 3.6, 3.1, .50, .082, .21, .33, .16, .24, 24, .24),
    "asian-pop": (.16, .23, 3.7, 4.7, .50, .069, .31, .29, .13, .25, 27, .30),
    "soundtrack": (.20, .26, 3.4, 6.7, .48, .084, .35, .41, .14, .26, 29, .64),
    "spoken": (.16, .24, 3.5, 5.3, .42, .270, .33, .30, .20, .27, 33, .58),
}

FAMILIES = tuple(MEANS)

TAGS = {
    "rock": ("rock", "classic rock", "alternative rock", "indie rock", "art rock", "post-rock"),
    "indie": ("indie", "indie rock", "indie pop", "dream pop", "bedroom pop", "slowcore"),
    "pop": ("pop", "dance pop", "synthpop", "art pop", "power pop", "electropop"),
    "hip-hop": ("hip hop", "rap", "trap", "boom bap", "underground hip hop", "melodic rap"),
    "electronic": ("electronic", "techno", "deep house", "downtempo", "trance", "edm"),
    "soul": ("soul", "r&b", "neo soul", "classic soul", "alternative r&b", "quiet storm"),
    "metal": ("metal", "doom metal", "death metal", "progressive metal", "sludge metal"),
    "folk": ("folk", "singer-songwriter", "indie folk", "folk pop", "bluegrass"),
    "jazz": ("jazz", "vocal jazz", "jazz fusion", "hard bop", "nu jazz", "free jazz"),
    "punk": ("punk", "pop punk", "hardcore punk", "post-punk", "emo", "riot grrrl"),
    "world": ("world", "afrobeat", "afropop", "celtic", "bhangra", "desert blues"),
    "country": ("country", "americana", "alt country", "outlaw country", "honky tonk"),
    "ambient": ("ambient", "drone", "dark ambient", "space music", "new age"),
    "classical": ("classical", "neoclassical", "classical piano", "minimalism", "orchestral"),
    "latin": ("latin", "salsa", "cumbia", "bolero", "latin alternative", "reggaeton"),
    "reggae": ("reggae", "roots reggae", "dub", "ska", "rocksteady", "dancehall"),
    "gospel": ("gospel", "worship", "ccm", "christian pop", "gospel choir"),
    "blues": ("blues", "blues rock", "electric blues", "delta blues", "modern blues"),
    "funk-disco": ("funk", "disco", "nu disco", "post-disco", "p-funk", "boogie"),
    "asian-pop": ("j-pop", "k-pop", "city pop", "mandopop", "j-rock", "anime"),
    "soundtrack": ("soundtrack", "score", "video game music", "musicals", "orchestral soundtrack"),
    "spoken": ("spoken word", "comedy", "poetry", "audio drama", "children's music"),
}

WORDS = {
    "rock": "Asphalt Amplifier Thunder Highway Gasoline Static Wreckage Neon Torque Ember",
    "indie": "Postcard Rooftop Cassette Bicycle Wallpaper Lighthouse Kettle Corduroy Polaroid Moth",
    "pop": "Heartbeat Mirror Glitter Weekend Lipstick Summer Secret Midnight Sugar Telephone",
    "hip-hop": "Block Ledger Pavement Crown Cipher Hustle Corner Receipts Concrete Dollar",
    "electronic": "Voltage Circuit Strobe Pulse Oscillator Vector Signal Sequence Warehouse Laser",
    "soul": "Velvet Tenderness Honey Devotion Candle Whisper Slow Promise Silk Evening",
    "metal": "Carrion Obelisk Sepulchre Anvil Leviathan Plague Ashes Bloodline Iron Abyss",
    "folk": "River Hollow Orchard Sparrow Lantern Harvest Willow Cabin Meadow Thistle",
    "jazz": "Blue Smoke Quartet Minor Stroll Nocturne Brass Corner Waltz Interlude",
    "punk": "Riot Curb Siren Nothing Spit Boredom Broken Bus Shelter Noise",
    "world": "Caravan Monsoon Baobab Savannah Delta Bazaar Drum Saffron Harmattan Tide",
    "country": "Porch Tailgate Whiskey Dust Barn Pickup Creek Saddle Gravel Boots",
    "ambient": "Drift Glacier Horizon Stillness Vapour Halo Tidewater Aurora Lull Distance",
    "classical": "Prelude Sonata Adagio Etude Nocturne Fugue Largo Scherzo Rondo Partita",
    "latin": "Corazon Luna Fuego Playa Noche Ritmo Calle Sol Vida Camino",
    "reggae": "Roots Riddim Island Sunshine Yard Lion Dub Unity Mango Harbour",
    "gospel": "Mercy Jordan Glory Grace Hallelujah Shepherd Altar Praise Redeemer Wings",
    "blues": "Crossroad Bottle Lonesome Train Levee Midnight Trouble Slide Mojo Delta",
    "funk-disco": "Groove Mirrorball Strut Boogie Platform Satin Bassline Fever Roller Wiggle",
    "asian-pop": "Sakura Neon Festival Umbrella Harajuku Comet Ribbon Fireworks Melon Parade",
    "soundtrack": "Overture Pursuit Farewell Arrival Theme Catacombs Departure Siege Reunion Coda",
    "spoken": "Letter Chapter Monologue Errand Kitchen Anecdote Bedtime Story Lesson Recital",
}

SECONDS = {
    "rock": 232, "indie": 219, "pop": 212, "hip-hop": 193, "electronic": 232, "soul": 204,
    "metal": 262, "folk": 215, "jazz": 243, "punk": 189, "world": 213, "country": 208,
    "ambient": 252, "classical": 233, "latin": 218, "reggae": 218, "gospel": 236, "blues": 238,
    "funk-disco": 237, "asian-pop": 211, "soundtrack": 180, "spoken": 176,
}  # fmt: skip


def draw(rng, family, leaning):
    """One song's statistics; `leaning` is its artist's own habit, one number per statistic."""
    values = {}
    rows = zip(STATISTICS, MEANS[family], DEVIATIONS[family], leaning)
    for name, mean, deviation, lean in rows:
        low, high = RANGES.get(name, (0.0, 1.0))
        value = mean + deviation * (0.6 * lean + 0.8 * rng.gauss(0.0, 1.0))
        value = min(max(value, low), high)
        values[name] = round(value) if name in WHOLE else round(value, 4)
    return values
