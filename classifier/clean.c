#include "classifier/clean.h"

#include <string.h>
#include <strings.h>

#define DURATION_LEAST_MS INT64_C(1000)
#define DURATION_MOST_MS  INT64_C(36000000)
#define YEAR_FIRST        1860 /* the first recording of a voice */
#define FAMILIES_UNITED   3

struct range {
    float low;
    float high;
};

/* As the service documents them; a tempo and a metre of 0 say that none was found. A metre of 1 is
 * not in its documents, but it says so of music without one. */
static const struct range ranges[SONG_STATS] = {
    [SONG_DANCEABILITY] = {0.0F, 1.0F}, [SONG_ENERGY] = {0.0F, 1.0F},
    [SONG_KEY] = {-1.0F, 11.0F},        [SONG_LOUDNESS] = {-60.0F, 5.0F},
    [SONG_MODE] = {0.0F, 1.0F},         [SONG_SPEECHINESS] = {0.0F, 1.0F},
    [SONG_ACOUSTICNESS] = {0.0F, 1.0F}, [SONG_INSTRUMENTALNESS] = {0.0F, 1.0F},
    [SONG_LIVENESS] = {0.0F, 1.0F},     [SONG_VALENCE] = {0.0F, 1.0F},
    [SONG_TEMPO] = {20.0F, 300.0F},     [SONG_TIME_SIGNATURE] = {1.0F, 7.0F},
};

struct rule_row {
    const char *what;
    const char *done;
};

static const struct rule_row rule_rows[CLEAN_RULES] = {
    [CLEAN_STAT_MISSING] = {"statistic missing", "counts as unknown"},
    [CLEAN_DURATION_MISSING] = {"duration missing, 0 or -1", "counts as unknown"},
    [CLEAN_YEAR_MISSING] = {"no year of release", "counts as unknown"},
    [CLEAN_TEMPO_NONE] = {"tempo 0", "it and statistics of 0 dropped"},
    [CLEAN_STAT_RANGE] = {"statistic out of range", "value dropped"},
    [CLEAN_LOUDNESS_RANGE] = {"loudness above +5 or below -60 dB", "value dropped"},
    [CLEAN_DURATION_RANGE] = {"duration under 1 s or over 10 h", "value dropped"},
    [CLEAN_YEAR_RANGE] = {"year before 1860 or in the future", "value dropped"},
    [CLEAN_MALFORMED] = {"malformed", "row dropped"},
    [CLEAN_NO_NAME] = {"no title", "row dropped"},
    [CLEAN_NO_ARTIST] = {"no artist", "row dropped"},
    [CLEAN_PLACEHOLDER] = {"placeholder as the artist", "row dropped"},
    [CLEAN_NO_FAMILY] = {"no genre of a known family", "song not used"},
    [CLEAN_CONFLICT] = {"genres that contradict each other", "song dropped"},
    [CLEAN_SAME_ID] = {"same id as an earlier row", "merged"},
    [CLEAN_SAME_ISRC] = {"same ISRC as an earlier row", "merged"},
    [CLEAN_SAME_SONG] = {"same artist and title as an earlier row", "merged"},
    [CLEAN_UNITED] = {"merged rows with different genres", "song has all of them"},
};

static bool has(uint32_t mask, size_t bit)
{
    return (mask >> bit & 1) != 0;
}

static void stat_drop(struct song *song, size_t stat)
{
    song->stat_mask &= ~(UINT32_C(1) << stat);
    song->stat[stat] = 0.0F;
}

/* Where no beat was found, the service writes 0 for everything that needs one. */
static uint32_t tempo_clean(struct song *song)
{
    static const enum song_stat needing[] = {SONG_TEMPO, SONG_TIME_SIGNATURE, SONG_DANCEABILITY,
                                             SONG_SPEECHINESS, SONG_VALENCE};
    if (!has(song->stat_mask, SONG_TEMPO) || song->stat[SONG_TEMPO] > 0.0F ||
        song->stat[SONG_TEMPO] < 0.0F) {
        return 0;
    }
    for (size_t i = 0; i < sizeof(needing) / sizeof(needing[0]); i++) {
        if (!(song->stat[needing[i]] > 0.0F)) {
            stat_drop(song, needing[i]);
        }
    }
    return CLEAN_BIT(CLEAN_TEMPO_NONE);
}

static uint32_t stats_clean(struct song *song, uint32_t columns)
{
    const uint32_t all = CLEAN_BIT(SONG_STATS) - 1;
    uint32_t found = columns & all & ~song->stat_mask ? CLEAN_BIT(CLEAN_STAT_MISSING) : 0;
    found |= tempo_clean(song);
    for (size_t i = 0; i < SONG_STATS; i++) {
        float x = song->stat[i];
        if (has(song->stat_mask, i) && !(x >= ranges[i].low && x <= ranges[i].high)) {
            stat_drop(song, i);
            found |= CLEAN_BIT(i == SONG_LOUDNESS ? CLEAN_LOUDNESS_RANGE : CLEAN_STAT_RANGE);
        }
    }
    return found;
}

static uint32_t times_clean(struct song *song, uint32_t columns, int year_now)
{
    uint32_t found = 0;
    int64_t ms = song->duration_ms;
    if (ms == 0 || ms == -1) {
        song->duration_ms = 0;
        found |= columns & CLEAN_HAS_DURATION ? CLEAN_BIT(CLEAN_DURATION_MISSING) : 0;
    } else if (ms < DURATION_LEAST_MS || ms > DURATION_MOST_MS) {
        song->duration_ms = 0;
        found |= CLEAN_BIT(CLEAN_DURATION_RANGE);
    }
    if (song->year == 0) {
        found |= columns & CLEAN_HAS_DATE ? CLEAN_BIT(CLEAN_YEAR_MISSING) : 0;
    } else if (song->year < YEAR_FIRST || song->year > year_now) {
        song->year = 0;
        found |= CLEAN_BIT(CLEAN_YEAR_RANGE);
    }
    return found;
}

static bool is_placeholder(const char *artists)
{
    /* No more: there are artists of the name Unknown, Null and ?. */
    static const char *const words[] = {"empty_field", "unknown artist", "<unknown>"};
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (strcasecmp(artists, words[i]) == 0) {
            return true;
        }
    }
    return false;
}

uint32_t clean_row(struct song *song, uint32_t columns, int year_now)
{
    uint32_t found = stats_clean(song, columns) | times_clean(song, columns, year_now);
    found |= *song->name ? 0 : CLEAN_BIT(CLEAN_NO_NAME);
    if (!*song->artists) {
        found |= CLEAN_BIT(CLEAN_NO_ARTIST);
    } else if (is_placeholder(song->artists)) {
        song->artists = "";
        found |= CLEAN_BIT(CLEAN_PLACEHOLDER);
    }
    return found;
}

size_t clean_known(const struct song *song)
{
    size_t n = (size_t)__builtin_popcount(song->stat_mask);
    n += *song->name != '\0';
    n += *song->artists != '\0';
    n += *song->album != '\0';
    n += *song->label != '\0';
    n += *song->tags != '\0';
    n += song->year != 0;
    n += song->duration_ms != 0;
    n += song->is_explicit >= 0;
    return n;
}

static void text_fill(const char **text, const char *other)
{
    *text = **text ? *text : other;
}

void clean_fill(struct song *song, const struct song *other)
{
    text_fill(&song->name, other->name);
    text_fill(&song->artists, other->artists);
    text_fill(&song->album, other->album);
    text_fill(&song->label, other->label);
    text_fill(&song->tags, other->tags);
    song->year = song->year ? song->year : other->year;
    song->duration_ms = song->duration_ms ? song->duration_ms : other->duration_ms;
    song->is_explicit = song->is_explicit >= 0 ? song->is_explicit : other->is_explicit;
    for (size_t i = 0; i < SONG_STATS; i++) {
        if (!has(song->stat_mask, i) && has(other->stat_mask, i)) {
            song->stat[i] = other->stat[i];
            song->stat_mask |= UINT32_C(1) << i;
        }
    }
}

bool clean_conflict(uint32_t common, uint32_t all)
{
    return common == 0 && __builtin_popcount(all) > FAMILIES_UNITED;
}

/* --- report -------------------------------------------------------------------------------------
 */

void clean_count(struct clean_report *r, uint32_t found, int64_t line)
{
    for (size_t i = 0; i < CLEAN_RULES; i++) {
        if (has(found, i)) {
            r->line[i] = r->rows[i] == 0 ? line : r->line[i];
            r->rows[i]++;
        }
    }
}

size_t clean_sum(const struct clean_report *reports, size_t n, enum clean_rule rule)
{
    size_t rows = 0;
    for (size_t i = 0; i < n; i++) {
        rows += reports[i].rows[rule];
    }
    return rows;
}

void clean_table(const struct clean_report *reports, size_t n, uint32_t rules, bool markdown,
                 struct buf *b)
{
    buf_add_str(b, markdown ? "| what was found | rows | what was done |\n|---|---|---|\n" : "");
    for (size_t i = 0; i < CLEAN_RULES; i++) {
        size_t rows = clean_sum(reports, n, (enum clean_rule)i);
        if (!has(rules, i) || rows == 0) {
            continue;
        }
        if (markdown) {
            buf_printf(b, "| %s | %zu | %s |\n", rule_rows[i].what, rows, rule_rows[i].done);
        } else {
            buf_printf(b, "  %-40s %9zu  %s\n", rule_rows[i].what, rows, rule_rows[i].done);
        }
    }
}

void clean_text(const struct clean_report *reports, size_t n, uint32_t rules, struct buf *b)
{
    for (size_t k = 0; k < n; k++) {
        const struct clean_report *r = &reports[k];
        buf_printf(b, "%s: %zu rows\n", r->file, r->read);
        for (size_t i = 0; i < CLEAN_RULES; i++) {
            if (has(rules, i) && r->rows[i] > 0) {
                buf_printf(b, "  %-40s %9zu  %-32s first: line %lld\n", rule_rows[i].what,
                           r->rows[i], rule_rows[i].done, (long long)r->line[i]);
            }
        }
    }
}
