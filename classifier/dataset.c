#include "classifier/dataset.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/csv.h"
#include "base/mem.h"
#include "base/rand.h"
#include "base/text.h"
#include "classifier/clean.h"
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
    FIELD_ISRC,
    FIELD_STATS,
    FIELDS = FIELD_STATS + SONG_STATS
};

#define NAMES_MAX  6
#define GENRES_MAX 8

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
    [FIELD_TAGS] = {"artist_genres", "Artist Genre(s)", "tags"},
    [FIELD_LABEL] = {"record_label"},
    [FIELD_ISRC] = {"isrc"},
};

/* Columns that say a song's genre: labels, never inputs. */
static const char *const genre_names[] = {"music_genre", "playlist_genre", "playlist_subgenre",
                                          "track_genre", "genre",          "genres"};

struct dataset {
    struct csv *csv;
    size_t column[FIELDS];
    size_t genre[GENRES_MAX]; /* columns */
    size_t genres;
    uint32_t columns;    /* as clean_row takes them */
    int year_now;        /* the last that is possible */
    bool artists_commas; /* artists may stand between commas, not only semicolons */
    bool tags_commas;    /* likewise tags */
    bool decimal_commas; /* numbers may be written 0,5 */
    struct buf artists;
    struct buf tags;
    struct buf labels;
    char id[256];
    struct dataset_row row;
};

static void genre_add(struct dataset *d, size_t column)
{
    if (column != SIZE_MAX && d->genres < GENRES_MAX) {
        d->genre[d->genres++] = column;
    }
}

/* An Exportify export's "Genres" are its artists' tags and its "Label" is the record label. In any
 * other file a column of genres is what the songs are labelled with, and so is "label" beside a
 * "record_label". */
static void genres_find(struct dataset *d)
{
    bool exportify = csv_column(d->csv, "Artist Name(s)") != SIZE_MAX ||
                     csv_column(d->csv, "Artist Names") != SIZE_MAX;
    size_t label = csv_column(d->csv, "label");
    size_t genres = csv_column(d->csv, "genres");
    if (d->column[FIELD_LABEL] == SIZE_MAX) {
        d->column[FIELD_LABEL] = label;
    } else {
        genre_add(d, label);
    }
    if (exportify && d->column[FIELD_TAGS] == SIZE_MAX) {
        d->column[FIELD_TAGS] = genres;
    }
    for (size_t i = 0; i < sizeof(genre_names) / sizeof(genre_names[0]); i++) {
        size_t column = csv_column(d->csv, genre_names[i]);
        genre_add(d, column == d->column[FIELD_TAGS] ? SIZE_MAX : column);
    }
    d->artists_commas = exportify && csv_column(d->csv, "artists") == SIZE_MAX;
    d->tags_commas = csv_column(d->csv, "artists") == SIZE_MAX;
}

static void columns_find(struct dataset *d)
{
    for (size_t i = 0; i < FIELDS; i++) {
        d->column[i] = SIZE_MAX;
        if (i >= FIELD_STATS) {
            size_t stat = i - FIELD_STATS;
            d->column[i] = csv_column(d->csv, song_stat_name[stat]);
            d->columns |= d->column[i] != SIZE_MAX ? UINT32_C(1) << stat : 0;
            continue;
        }
        for (size_t k = 0; k < NAMES_MAX && field_names[i][k]; k++) {
            if (d->column[i] == SIZE_MAX) {
                d->column[i] = csv_column(d->csv, field_names[i][k]);
            }
        }
    }
    d->columns |= d->column[FIELD_DURATION] != SIZE_MAX ? CLEAN_HAS_DURATION : 0;
    d->columns |= d->column[FIELD_DATE] != SIZE_MAX ? CLEAN_HAS_DATE : 0;
    d->decimal_commas = csv_delimiter(d->csv) != ',';
    genres_find(d);
}

/* The number that n digits write; -1 when others are there, or more. */
static int digits_read(const char *s, size_t n)
{
    int value = 0;
    for (size_t i = 0; i < n; i++) {
        if (!isdigit((unsigned char)s[i])) {
            return -1;
        }
        value = 10 * value + (s[i] - '0');
    }
    return isdigit((unsigned char)s[n]) ? -1 : value;
}

/* The year of "1989", "1989-05", "5/16/1989", "16.5.1989" and, as the last one with these digits
 * that is possible, of "16/5/89"; 0 for anything else. */
static int year_read(const char *date, int year_now)
{
    date += strspn(date, " \t");
    size_t day = strspn(date, "0123456789");
    bool year_last = day > 0 && day < 3 && (date[day] == '/' || date[day] == '.');
    const char *s = year_last ? strrchr(date, date[day]) + 1 : date;
    int year = digits_read(s, 4);
    if (year < 0 && year_last && (year = digits_read(s, 2)) >= 0) {
        year += year_now - year_now % 100;
        year -= year > year_now ? 100 : 0;
    }
    return year > 0 ? year : 0;
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
    char now[32];
    text_time(clock_utc_s(), now, sizeof(now));
    d->year_now = digits_read(now, 4);
    bool has_id = d->column[FIELD_ID] != SIZE_MAX || d->column[FIELD_ARTISTS] != SIZE_MAX;
    if (!has_id || d->column[FIELD_NAME] == SIZE_MAX) {
        code = err_set(e, ERR_FORMAT, "%s has no column with the tracks' %s", path,
                       d->column[FIELD_NAME] == SIZE_MAX ? "names" : "ids or artists");
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
        buf_free(&d->labels);
        free(d);
    }
}

int64_t dataset_line(const struct dataset *d)
{
    return csv_line(d->csv);
}

const struct dataset_row *dataset_row(const struct dataset *d)
{
    return &d->row;
}

/* Cuts blanks off the end of b, but not of what was there before `from`. */
static void blanks_cut(struct buf *b, size_t from)
{
    while (b->len > from && isblank((unsigned char)b->data[b->len - 1])) {
        b->data[--b->len] = '\0';
    }
}

/* Adds the parts of `text` to b with "; ". With `commas` a comma parts too where the text has no
 * semicolon; "\," is one within a name (as Exportify writes it). */
static void list_add(bool commas, const char *text, struct buf *b)
{
    char separator = commas && !strchr(text, ';') ? ',' : ';';
    bool blank = true; /* nothing of the present part was written */
    const size_t from = b->len;
    for (const char *p = text; *p; p++) {
        if (*p == separator) {
            blanks_cut(b, from);
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
        p += commas && p[0] == '\\' && p[1] == ',';
        buf_add_char(b, *p);
    }
    blanks_cut(b, from);
}

static const char *list_join(bool commas, const char *text, struct buf *b)
{
    buf_clear(b);
    list_add(commas, text, b);
    return buf_str(b);
}

static bool is_unknown(const char *s)
{
    static const char *const words[] = {"", "?", "-", "nan", "na", "n/a", "none", "null"};
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (strcasecmp(s, words[i]) == 0) {
            return true;
        }
    }
    return false;
}

static int explicit_read(const char *s)
{
    bool value = false;
    char lower[8];
    word_lower(s, lower, sizeof(lower));
    return text_to_bool(lower, &value) ? value : -1;
}

/* A letter with # or b, or its number (0 C .. 11 B). */
static bool key_read(const char *s, double *ret_value)
{
    static const int places[] = {9, 11, 0, 2, 4, 5, 7}; /* A .. G */
    char letter = (char)(s[0] & ~0x20);
    if (letter < 'A' || letter > 'G') {
        return false;
    }
    bool sharp = text_equal(s + 1, "#") || text_equal(s + 1, "\u266f");
    bool flat = text_equal(s + 1, "b") || text_equal(s + 1, "\u266d");
    *ret_value = (places[letter - 'A'] + sharp - flat + 12) % 12;
    return sharp || flat || !s[1];
}

static bool mode_read(const char *s, double *ret_value)
{
    bool major = strcasecmp(s, "major") == 0;
    *ret_value = major;
    return major || strcasecmp(s, "minor") == 0;
}

/* The number in a field. *ret_known is false for one that says that it is not known. False when it
 * is something else. */
static bool number_read(const struct dataset *d, size_t field, double *ret_value, bool *ret_known)
{
    char text[64];
    text_copy(text, sizeof(text), csv_field(d->csv, d->column[field]));
    const char *s = text_trim(text);
    char *comma = d->decimal_commas && !strchr(s, '.') ? strchr(text, ',') : NULL;
    if (comma) {
        *comma = '.';
    }
    *ret_known = !is_unknown(s);
    return !*ret_known || text_to_num(s, -1e12, 1e12, ret_value) ||
           (field == FIELD_STATS + SONG_KEY && key_read(s, ret_value)) ||
           (field == FIELD_STATS + SONG_MODE && mode_read(s, ret_value));
}

/* False when a field that should be a number is none; *ret_bad is then its place. */
static bool numbers_read(const struct dataset *d, struct song *song, size_t *ret_bad)
{
    double value = 0.0;
    bool known = false;
    for (size_t i = 0; i < SONG_STATS; i++) {
        *ret_bad = FIELD_STATS + i;
        if (!number_read(d, *ret_bad, &value, &known)) {
            return false;
        }
        if (known) {
            song->stat[i] = (float)value;
            song->stat_mask |= UINT32_C(1) << i;
        }
    }
    *ret_bad = FIELD_DURATION;
    if (!number_read(d, FIELD_DURATION, &value, &known)) {
        return false;
    }
    song->duration_ms = known ? (int64_t)value : 0;
    return true;
}

static int row_bad(const struct dataset *d, struct err *e, const char *why)
{
    err_set(e, ERR_FORMAT, "line %" PRId64 ": %s", csv_line(d->csv), why);
    return -1;
}

static int number_bad(const struct dataset *d, struct err *e, size_t field)
{
    char why[160];
    char value[48];
    text_copy(value, sizeof(value), csv_field(d->csv, d->column[field]));
    snprintf(why, sizeof(why), "\"%s\" is no number for %s", value,
             field == FIELD_DURATION ? "duration_ms" : song_stat_name[field - FIELD_STATS]);
    return row_bad(d, e, why);
}

/* The service's id, or one made from artist and title where there is none; "" when neither can be.
 */
static const char *id_read(struct dataset *d)
{
    static const char track_uri[] = "spotify:track:";
    const char *id = csv_field(d->csv, d->column[FIELD_ID]);
    id += text_starts_with(id, track_uri) ? sizeof(track_uri) - 1 : 0;
    const char *texts[] = {csv_field(d->csv, d->column[FIELD_ARTISTS]),
                           csv_field(d->csv, d->column[FIELD_NAME])};
    if (*id || !*texts[0] || !*texts[1]) {
        return strlen(id) < sizeof(d->id) ? id : "";
    }
    uint64_t hash = TEXT_HASH_START;
    for (size_t i = 0; i < 2; i++) {
        char lower[512];
        word_lower(texts[i], lower, sizeof(lower));
        hash = text_hash(lower, strlen(lower) + 1, hash);
    }
    snprintf(d->id, sizeof(d->id), DATASET_MADE_ID "%016" PRIx64, hash);
    return d->id;
}

/* What stands in the genre columns, "; " between several. */
static const char *labels_read(struct dataset *d)
{
    buf_clear(&d->labels);
    for (size_t i = 0; i < d->genres; i++) {
        const char *text = csv_field(d->csv, d->genre[i]);
        list_add(true, is_unknown(text) ? "" : text, &d->labels);
    }
    return buf_str(&d->labels);
}

/* The next row that is not empty, as csv_next. */
static int row_next(struct dataset *d, struct err *e)
{
    int got = 0;
    do {
        got = csv_next(d->csv, e);
    } while (got > 0 && csv_fields(d->csv) == 1 && !*csv_field(d->csv, 0));
    return got;
}

int dataset_next(struct dataset *d, struct song *ret_song, struct err *e)
{
    d->row = (struct dataset_row){.labels = "", .isrc = ""};
    int got = row_next(d, e);
    if (got <= 0) {
        return got;
    }
    if (csv_fields(d->csv) != csv_columns(d->csv)) {
        return row_bad(d, e, "it has another number of fields than the header");
    }
    const char *artists = csv_field(d->csv, d->column[FIELD_ARTISTS]);
    const char *tags = csv_field(d->csv, d->column[FIELD_TAGS]);
    struct song song = {
        .id = id_read(d),
        .name = csv_field(d->csv, d->column[FIELD_NAME]),
        .artists = list_join(d->artists_commas, artists, &d->artists),
        .album = csv_field(d->csv, d->column[FIELD_ALBUM]),
        .label = csv_field(d->csv, d->column[FIELD_LABEL]),
        .tags = list_join(d->tags_commas, tags, &d->tags),
        .year = year_read(csv_field(d->csv, d->column[FIELD_DATE]), d->year_now),
        .is_explicit = explicit_read(csv_field(d->csv, d->column[FIELD_EXPLICIT])),
    };
    size_t bad = 0;
    if (!*song.id) {
        return row_bad(d, e, "it has no id, nor artist and name to make one from");
    }
    if (!numbers_read(d, &song, &bad)) {
        return number_bad(d, e, bad);
    }
    d->row.labels = labels_read(d);
    d->row.isrc = csv_field(d->csv, d->column[FIELD_ISRC]);
    d->row.found = clean_row(&song, d->columns, d->year_now);
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
