#include "classifier/dataset.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/csv.h"
#include "base/mem.h"
#include "base/rand.h"
#include "base/text.h"
#include "classifier/word.h"

enum field {
    FIELD_ID,
    FIELD_NAME,
    FIELD_ARTISTS,
    FIELD_ALBUM,
    FIELD_DATE,
    FIELD_DURATION,
    FIELD_EXPLICIT,
    FIELD_TAGS,
    FIELD_LABEL,
    FIELD_STATS,
    FIELDS = FIELD_STATS + SONG_STATS
};

#define NAMES_MAX 6

/* What a column may be called, the likeliest first. Case, blanks and '_' do not matter. */
static const char *const field_names[FIELD_STATS][NAMES_MAX] = {
    [FIELD_ID] = {"track_id", "Track URI", "Spotify ID", "id", "uri", "Spotify Track Id"},
    [FIELD_NAME] = {"track_name", "name", "title", "track", "song"},
    [FIELD_ARTISTS] = {"artists", "Artist Name(s)", "Artist Names", "artist_name", "artist",
                       "track_artist"},
    [FIELD_ALBUM] = {"album", "album_name", "track_album_name"},
    [FIELD_DATE] = {"release_date", "album_release_date", "track_album_release_date", "year"},
    [FIELD_DURATION] = {"duration_ms", "Duration (ms)", "Track Duration (ms)"},
    [FIELD_EXPLICIT] = {"explicit", "is_explicit"},
    [FIELD_TAGS] = {"artist_genres", "genres", "Artist Genre(s)", "tags"},
    [FIELD_LABEL] = {"record_label", "label"},
};

/* Columns that say of what genre the song is, rather than what tags its artists have. "label" is
 * one where the record label has a column of its own. */
static const char *const genre_names[] = {"genre",          "music_genre",       "track_genre",
                                          "playlist_genre", "playlist_subgenre", "label"};
#define GENRE_NAMES (sizeof(genre_names) / sizeof(genre_names[0]))

struct dataset {
    struct csv *csv;
    size_t column[FIELDS];
    size_t genre[GENRE_NAMES];
    bool commas; /* artists and tags may stand between commas, not only semicolons */
    struct buf artists;
    struct buf tags;
    struct buf genres;
    char id[256];
};

static void columns_find(struct dataset *d)
{
    for (size_t i = 0; i < FIELDS; i++) {
        d->column[i] = SIZE_MAX;
        if (i >= FIELD_STATS) {
            d->column[i] = csv_column(d->csv, song_stat_name[i - FIELD_STATS]);
            continue;
        }
        for (size_t k = 0; k < NAMES_MAX && field_names[i][k]; k++) {
            if (d->column[i] == SIZE_MAX) {
                d->column[i] = csv_column(d->csv, field_names[i][k]);
            }
        }
    }
    d->commas = csv_column(d->csv, "Artist Name(s)") != SIZE_MAX ||
                csv_column(d->csv, "Artist Names") != SIZE_MAX;
    for (size_t i = 0; i < GENRE_NAMES; i++) {
        size_t column = csv_column(d->csv, genre_names[i]);
        d->genre[i] = column != d->column[FIELD_LABEL] ? column : SIZE_MAX;
    }
}

enum err_code dataset_open(const char *path, struct dataset **ret_dataset, struct err *e)
{
    struct csv *csv = NULL;
    enum err_code code = csv_open(path, &csv, e);
    if (code != ERR_OK) {
        return code;
    }
    struct dataset *d = mem_alloc(sizeof(*d));
    d->csv = csv;
    columns_find(d);
    bool told = d->column[FIELD_ID] != SIZE_MAX || d->column[FIELD_ARTISTS] != SIZE_MAX;
    if (!told || d->column[FIELD_NAME] == SIZE_MAX) {
        code = err_set(e, ERR_FORMAT, "%s has no column with the tracks' %s", path,
                       told ? "names" : "ids");
        dataset_close(d);
        return code;
    }
    *ret_dataset = d;
    return ERR_OK;
}

void dataset_close(struct dataset *d)
{
    if (d) {
        csv_close(d->csv);
        buf_free(&d->artists);
        buf_free(&d->tags);
        buf_free(&d->genres);
        free(d);
    }
}

int64_t dataset_line(const struct dataset *d)
{
    return csv_line(d->csv);
}

/* Joins the parts of `text` with "; ". A comma parts too where the file has them and the text has
 * no semicolon; "\," is one within a name (as Exportify writes it). */
static const char *list_join(const struct dataset *d, const char *text, struct buf *b)
{
    char separator = d->commas && !strchr(text, ';') ? ',' : ';';
    bool blank = true; /* nothing of the present part was written */
    buf_clear(b);
    for (const char *p = text; *p; p++) {
        if (*p == separator) {
            blank = true;
            continue;
        }
        if (blank && isblank((unsigned char)*p)) {
            continue;
        }
        if (blank && b->len > 0) {
            buf_add_str(b, "; ");
        }
        blank = false;
        p += d->commas && p[0] == '\\' && p[1] == ',';
        buf_add_char(b, *p);
    }
    return buf_str(b);
}

static bool is_unknown(const char *s)
{
    static const char *const words[] = {"",    "?",    "-",    "nan",        "na",
                                        "n/a", "none", "null", "empty_field"};
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (strcasecmp(s, words[i]) == 0) {
            return true;
        }
    }
    return false;
}

/* The year of "1989", "1989-05" and the like; 0 for anything else. */
static int year_read(const char *date)
{
    int year = 0;
    for (size_t i = 0; i < 4; i++) {
        if (!isdigit((unsigned char)date[i])) {
            return 0;
        }
        year = 10 * year + (date[i] - '0');
    }
    return isdigit((unsigned char)date[4]) ? 0 : year;
}

static int explicit_read(const char *s)
{
    bool value = false;
    char lower[8];
    word_lower(s, lower, sizeof(lower));
    return text_to_bool(lower, &value) ? value : -1;
}

/* Keys and modes may be written in words. */
static bool number_read(size_t stat, const char *s, double *ret_value)
{
    static const char *const keys[] = {"C",  "C#", "D",  "D#", "E",  "F",
                                       "F#", "G",  "G#", "A",  "A#", "B"};
    for (size_t i = 0; i < 12 && stat == SONG_KEY; i++) {
        if (strcasecmp(s, keys[i]) == 0) {
            *ret_value = (double)i;
            return true;
        }
    }
    if (stat == SONG_MODE && (strcasecmp(s, "major") == 0 || strcasecmp(s, "minor") == 0)) {
        *ret_value = strcasecmp(s, "major") == 0 ? 1.0 : 0.0;
        return true;
    }
    return text_to_num(s, -1e9, 1e9, ret_value);
}

/* False when a field that should be a number is none; *ret_bad is then its place. */
static bool numbers_read(const struct dataset *d, struct song *song, size_t *ret_bad)
{
    double value = 0.0;
    for (size_t i = 0; i < SONG_STATS; i++) {
        const char *s = csv_field(d->csv, d->column[FIELD_STATS + i]);
        if (is_unknown(s)) {
            continue;
        }
        if (!number_read(i, s, &value)) {
            *ret_bad = FIELD_STATS + i;
            return false;
        }
        song->stat[i] = (float)value;
        song->stat_mask |= UINT32_C(1) << i;
    }
    const char *duration = csv_field(d->csv, d->column[FIELD_DURATION]);
    if (!is_unknown(duration)) {
        if (!text_to_num(duration, -1e12, 1e12, &value)) {
            *ret_bad = FIELD_DURATION;
            return false;
        }
        song->duration_ms = value > 0.0 ? (int64_t)value : 0;
    }
    return true;
}

static int row_bad(const struct dataset *d, struct err *e, const char *why)
{
    err_set(e, ERR_FORMAT, "line %" PRId64 ": %s", csv_line(d->csv), why);
    return -1;
}

/* The row's id, made from artist and title where it has none; NULL when it has none of them. */
static const char *id_read(struct dataset *d, const char *artists)
{
    static const char track_uri[] = "spotify:track:";
    const char *id = csv_field(d->csv, d->column[FIELD_ID]);
    id += text_starts_with(id, track_uri) ? sizeof(track_uri) - 1 : 0;
    if (d->column[FIELD_ID] == SIZE_MAX && *artists) {
        const char *name = csv_field(d->csv, d->column[FIELD_NAME]);
        uint64_t hash = text_hash(artists, strlen(artists) + 1, TEXT_HASH_START);
        snprintf(d->id, sizeof(d->id), "made-%016llx",
                 (unsigned long long)text_hash(name, strlen(name), hash));
        return d->id;
    }
    return *id && strlen(id) < sizeof(d->id) ? id : NULL;
}

const char *dataset_genres(struct dataset *d)
{
    buf_clear(&d->genres);
    for (size_t i = 0; i < GENRE_NAMES; i++) {
        const char *genre = csv_field(d->csv, d->genre[i]);
        if (!is_unknown(genre)) {
            buf_printf(&d->genres, "%s%s", d->genres.len > 0 ? "; " : "", genre);
        }
    }
    return buf_str(&d->genres);
}

int dataset_next(struct dataset *d, struct song *ret_song, struct err *e)
{
    int got = 0;
    do { /* empty lines are passed over */
        got = csv_next(d->csv, e);
    } while (got > 0 && csv_fields(d->csv) == 1 && !*csv_field(d->csv, 0));
    if (got <= 0) {
        return got;
    }
    if (csv_fields(d->csv) != csv_columns(d->csv)) {
        return row_bad(d, e, "it has another number of fields than the header");
    }
    const char *artists = list_join(d, csv_field(d->csv, d->column[FIELD_ARTISTS]), &d->artists);
    artists = is_unknown(artists) ? "" : artists;
    const char *id = id_read(d, artists);
    if (id == NULL) {
        return row_bad(d, e, "it has no id");
    }
    struct song song = {
        .id = id,
        .name = csv_field(d->csv, d->column[FIELD_NAME]),
        .artists = artists,
        .album = csv_field(d->csv, d->column[FIELD_ALBUM]),
        .label = csv_field(d->csv, d->column[FIELD_LABEL]),
        .tags = list_join(d, csv_field(d->csv, d->column[FIELD_TAGS]), &d->tags),
        .year = year_read(csv_field(d->csv, d->column[FIELD_DATE])),
        .is_explicit = explicit_read(csv_field(d->csv, d->column[FIELD_EXPLICIT])),
    };
    size_t bad = 0;
    if (!numbers_read(d, &song, &bad)) {
        char why[160];
        char value[48];
        text_copy(value, sizeof(value), csv_field(d->csv, d->column[bad]));
        snprintf(why, sizeof(why), "\"%s\" is no number for %s", value,
                 bad == FIELD_DURATION ? "duration_ms" : song_stat_name[bad - FIELD_STATS]);
        return row_bad(d, e, why);
    }
    *ret_song = song;
    return 1;
}

double dataset_place(const char *artist, size_t n)
{
    char name[1024];
    char lower[1024];
    n = n < sizeof(name) ? n : sizeof(name) - 1;
    memcpy(name, artist, n);
    name[n] = '\0';
    size_t len = word_lower(name, lower, sizeof(lower));
    uint8_t digest[32];
    rand_sha256(lower, len, digest);
    uint32_t top = (uint32_t)digest[0] << 24 | (uint32_t)digest[1] << 16 |
                   (uint32_t)digest[2] << 8 | digest[3];
    return (double)top / 4294967296.0;
}

enum dataset_part dataset_part(const char *artists)
{
    bool first = true, validate = false, train = false;
    for (const char *s = artists; *s;) {
        const char *end = strstr(s, "; ");
        size_t n = end ? (size_t)(end - s) : strlen(s);
        double u = dataset_place(s, n);
        validate = first ? u >= 0.15 && u < 0.25 : validate;
        train = (first || train) && u >= 0.25;
        first = false;
        s += n + (end ? 2 : 0);
    }
    return train ? DATASET_TRAIN : validate ? DATASET_VALIDATE : DATASET_NEITHER;
}
