/* Data cleaning: rules over rows as they are read, and the report of what they did.
 *
 * A rule drops values (the row stays, the value counts as unknown), drops rows, or merges rows.
 * clean_row is the part that needs one row only; corpus.c merges and drops, and counts here too. */
#ifndef CLASSIFIER_CLEAN_H
#define CLASSIFIER_CLEAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/song.h"

enum clean_rule {
    /* missing values: the file has the column, the row has nothing in it */
    CLEAN_STAT_MISSING,
    CLEAN_DURATION_MISSING, /* 0 and -1 too */
    CLEAN_YEAR_MISSING,
    /* impossible values, dropped */
    CLEAN_TEMPO_NONE,     /* tempo 0: the analysis found no beat; what else it left at 0 goes too */
    CLEAN_STAT_RANGE,     /* outside of what the service documents */
    CLEAN_LOUDNESS_RANGE, /* above +5 or below -60 dB */
    CLEAN_DURATION_RANGE, /* under 1 s or over 10 h */
    CLEAN_YEAR_RANGE,     /* before 1860 or in the future */
    /* rows dropped */
    CLEAN_MALFORMED, /* each was told with its line */
    CLEAN_NO_NAME,
    CLEAN_NO_ARTIST,
    CLEAN_PLACEHOLDER, /* "empty_field" and the like as the artist */
    CLEAN_NO_FAMILY,   /* no tag or genre that a family is known for; counted after merging */
    CLEAN_CONFLICT,    /* genres that contradict each other; counted after merging */
    /* rows merged */
    CLEAN_SAME_ID,
    CLEAN_SAME_ISRC,
    CLEAN_SAME_SONG, /* first artist and title_plain */
    CLEAN_UNITED,    /* songs whose merged rows had different genres: they have all of them */
    CLEAN_RULES
};

#define CLEAN_BIT(rule) (UINT32_C(1) << (rule))
/* Rules that clean_row finds and for which a row is not learned from. */
#define CLEAN_DROPS                                                                                \
    (CLEAN_BIT(CLEAN_NO_NAME) | CLEAN_BIT(CLEAN_NO_ARTIST) | CLEAN_BIT(CLEAN_PLACEHOLDER))
/* Rules about songs rather than rows: the ones that corpus.c finds. */
#define CLEAN_SONGS                                                                                \
    (CLEAN_BIT(CLEAN_NO_FAMILY) | CLEAN_BIT(CLEAN_CONFLICT) | CLEAN_BIT(CLEAN_SAME_ID) |           \
     CLEAN_BIT(CLEAN_SAME_ISRC) | CLEAN_BIT(CLEAN_SAME_SONG) | CLEAN_BIT(CLEAN_UNITED))
#define CLEAN_ALL (CLEAN_BIT(CLEAN_RULES) - 1)

/* Columns of a file beside the statistics (bit i: song_stat i). */
#define CLEAN_HAS_DURATION CLEAN_BIT(SONG_STATS)
#define CLEAN_HAS_DATE     CLEAN_BIT(SONG_STATS + 1)

/* Takes impossible values out of *song (unknown then, see song.h; an artist that is a placeholder
 * becomes "") and returns the rules that applied, as bits. song: as it was read: duration_ms and
 * year may be anything. columns: which the file has. year_now: the last year that is possible. */
uint32_t clean_row(struct song *song, uint32_t columns, int year_now);
/* Statistics, texts, year, duration and explicit that are known; of two rows of a song, the one
 * with more is kept. */
size_t clean_known(const struct song *song);
/* Gives *song what it lacks and `other` knows. */
void clean_fill(struct song *song, const struct song *other);
/* Whether genres contradict each other: rows of one song that agree on no family and name more than
 * three altogether. A song may well be of two or three families (a playlist of pop has rock in it),
 * so fewer are united; rows that agree on one are as well. common: families that all rows have,
 * all: families that any has. */
bool clean_conflict(uint32_t common, uint32_t all);

/* What was found in one file. */
struct clean_report {
    const char *file; /* borrowed */
    size_t read;      /* rows, malformed ones too */
    size_t rows[CLEAN_RULES];
    int64_t line[CLEAN_RULES]; /* of the first of them; 0: none */
};

/* Counts one row for each rule of `found`. */
void clean_count(struct clean_report *r, uint32_t found, int64_t line);
size_t clean_sum(const struct clean_report *reports, size_t n, enum clean_rule rule);
/* Rows of a table: the rule, how many rows, what was done; those of `rules` that were found in any
 * of the n files. */
void clean_table(const struct clean_report *reports, size_t n, uint32_t rules, bool markdown,
                 struct buf *b);
/* File by file, with the line of the first example of each rule. */
void clean_text(const struct clean_report *reports, size_t n, uint32_t rules, struct buf *b);

#endif
