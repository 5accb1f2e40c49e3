#include "classifier/vector.h"

#include <math.h>
#include <string.h>

#include "base/text.h"
#include "classifier/word.h"

/* What a token is hashed after, so that the same word in two groups, or a piece and a word, differ.
 */
struct prefix {
    char whole;
    char word;
    char piece;
};

static const struct prefix prefixes[VECTOR_GROUPS] = {
    [VECTOR_ARTIST] = {.whole = 'A'},
    [VECTOR_ARTIST_WORD] = {.word = 'a', .piece = '1'},
    [VECTOR_ALBUM] = {.word = 'b', .piece = '2'},
    [VECTOR_TITLE] = {.word = 't', .piece = '3'},
    [VECTOR_LABEL] = {.whole = 'L', .word = 'l'},
    [VECTOR_YEAR] = {.whole = 'Y'},
    [VECTOR_TAG] = {.whole = 'G', .word = 'g'},
};

#define TEXT_MAX 512 /* bytes of one text that are looked at */

static void token_add(struct vector *v, enum vector_group group, char prefix, const char *s,
                      size_t n)
{
    if (v->tokens[group] < VECTOR_TOKENS && n > 0) {
        uint64_t hash = text_hash(s, n, text_hash(&prefix, 1, TEXT_HASH_START));
        v->token[group][v->tokens[group]++] = hash ? hash : 1;
    }
}

/* Pieces of three characters of a word with its ends marked: "^lo", "lov", "ove", "ve$".
 * word: (n) bytes of UTF-8 in lower case. */
static void pieces_add(struct vector *v, enum vector_group group, const char *word, size_t n)
{
    char text[TEXT_MAX + 4];
    text[0] = '^';
    memcpy(text + 1, word, n);
    text[n + 1] = '$';
    text[n + 2] = '\0';
    const char *before = text; /* the last character but one, and the one before p */
    const char *last = text + 1;
    const char *p = last;
    word_decode(&p);
    while (*p) {
        const char *third = p;
        word_decode(&p);
        token_add(v, group, prefixes[group].piece, before, (size_t)(p - before));
        before = last;
        last = third;
    }
}

static void words_add(struct vector *v, enum vector_group group, const char *text)
{
    char lower[TEXT_MAX];
    word_lower(text, lower, sizeof(lower));
    size_t n;
    const char *s = lower;
    for (const char *word; (word = word_next(&s, &n));) {
        token_add(v, group, prefixes[group].word, word, n);
    }
}

static void text_pieces_add(struct vector *v, enum vector_group group, const char *text)
{
    char lower[TEXT_MAX];
    word_lower(text, lower, sizeof(lower));
    size_t n;
    const char *s = lower;
    for (const char *word; (word = word_next(&s, &n));) {
        pieces_add(v, group, word, n);
    }
}

/* The parts of "a; b; c", whole and in lower case. */
static void parts_add(struct vector *v, enum vector_group group, const char *list)
{
    char lower[TEXT_MAX];
    word_lower(list, lower, sizeof(lower));
    for (const char *s = lower; *s;) {
        size_t n = strcspn(s, ";");
        size_t skip = strspn(s, " ");
        if (skip < n) {
            token_add(v, group, prefixes[group].whole, s + skip, n - skip);
        }
        s += n + (s[n] == ';');
    }
}

/* Which scripts a text is written in, as tokens of the title's group. */
static void scripts_add(struct vector *v, const char *text)
{
    uint32_t seen = 0;
    for (uint32_t c; (c = word_decode(&text)) != 0;) {
        seen |= UINT32_C(1) << word_script(c);
        if (c >= 0xc0 && c < 0x250) { /* Latin with diacritics: hardly English */
            seen |= UINT32_C(1) << WORD_SCRIPTS;
        }
    }
    for (uint32_t i = WORD_LATIN; i <= WORD_SCRIPTS; i++) {
        char script = (char)('a' + i);
        if (seen & (UINT32_C(1) << i)) {
            token_add(v, VECTOR_TITLE, '!', &script, 1);
        }
    }
}

static void year_add(struct vector *v, int year)
{
    char text[8];
    for (size_t i = 4; i-- > 0; year /= 10) {
        text[i] = (char)('0' + year % 10);
    }
    token_add(v, VECTOR_YEAR, prefixes[VECTOR_YEAR].whole, text, 4);
    token_add(v, VECTOR_YEAR, prefixes[VECTOR_YEAR].whole, text, 3);
}

static void number_set(struct vector *v, enum vector_number i, float value)
{
    v->number[i] = value;
    v->known |= UINT32_C(1) << i;
}

struct stat_rule {
    enum song_stat stat;
    enum vector_number number;
    float low;
    float high;
};

static const struct stat_rule stat_rules[] = {
    {SONG_DANCEABILITY, VECTOR_DANCEABILITY, 0.0F, 1.0F},
    {SONG_ENERGY, VECTOR_ENERGY, 0.0F, 1.0F},
    {SONG_LOUDNESS, VECTOR_LOUDNESS, -80.0F, 20.0F},
    {SONG_SPEECHINESS, VECTOR_SPEECHINESS, 0.0F, 1.0F},
    {SONG_ACOUSTICNESS, VECTOR_ACOUSTICNESS, 0.0F, 1.0F},
    {SONG_INSTRUMENTALNESS, VECTOR_INSTRUMENTALNESS, 0.0F, 1.0F},
    {SONG_LIVENESS, VECTOR_LIVENESS, 0.0F, 1.0F},
    {SONG_VALENCE, VECTOR_VALENCE, 0.0F, 1.0F},
    {SONG_TEMPO, VECTOR_TEMPO, 20.0F, 400.0F}, /* 0: the service found none */
    {SONG_MODE, VECTOR_MODE, 0.0F, 1.0F},
    {SONG_TIME_SIGNATURE, VECTOR_METRE, 1.0F, 12.0F},
};

static void numbers_make(const struct song *song, struct vector *v)
{
    for (size_t i = 0; i < sizeof(stat_rules) / sizeof(stat_rules[0]); i++) {
        const struct stat_rule *r = &stat_rules[i];
        float x = song->stat[r->stat];
        if ((song->stat_mask & (UINT32_C(1) << r->stat)) && x >= r->low && x <= r->high) {
            number_set(v, r->number, x);
        }
    }
    float key = song->stat[SONG_KEY];
    if ((song->stat_mask & (UINT32_C(1) << SONG_KEY)) && key >= 0.0F && key <= 11.0F) {
        float angle = key * (float)(2.0 * 3.14159265358979323846 / 12.0);
        number_set(v, VECTOR_KEY_COS, cosf(angle));
        number_set(v, VECTOR_KEY_SIN, sinf(angle));
    }
    if (song->duration_ms > 0 && song->duration_ms < INT64_C(86400000)) {
        number_set(v, VECTOR_DURATION, logf((float)song->duration_ms / 1000.0F));
    }
    if (song->is_explicit >= 0) {
        number_set(v, VECTOR_EXPLICIT, song->is_explicit ? 1.0F : 0.0F);
    }
    if (song->year >= 1900 && song->year <= 2100) {
        number_set(v, VECTOR_YEAR_NUMBER, (float)song->year);
    }
}

void vector_make(const struct song *song, struct vector *ret_vector)
{
    struct vector *v = ret_vector;
    v->known = 0;
    memset(v->number, 0, sizeof(v->number));
    memset(v->tokens, 0, sizeof(v->tokens));
    numbers_make(song, v);
    parts_add(v, VECTOR_ARTIST, song->artists);
    words_add(v, VECTOR_ARTIST_WORD, song->artists);
    text_pieces_add(v, VECTOR_ARTIST_WORD, song->artists);
    words_add(v, VECTOR_ALBUM, song->album);
    text_pieces_add(v, VECTOR_ALBUM, song->album);
    scripts_add(v, song->name);
    words_add(v, VECTOR_TITLE, song->name);
    text_pieces_add(v, VECTOR_TITLE, song->name);
    parts_add(v, VECTOR_LABEL, song->label);
    words_add(v, VECTOR_LABEL, song->label);
    if (v->known & (UINT32_C(1) << VECTOR_YEAR_NUMBER)) {
        year_add(v, song->year);
    }
    parts_add(v, VECTOR_TAG, song->tags);
    words_add(v, VECTOR_TAG, song->tags);
}

void vector_drop_statistics(struct vector *v)
{
    for (size_t i = 0; i < VECTOR_NUMBERS; i++) {
        if (VECTOR_STATISTICS & (UINT32_C(1) << i)) {
            v->number[i] = 0.0F;
        }
    }
    v->known &= ~VECTOR_STATISTICS;
}

void vector_drop_group(struct vector *v, enum vector_group group)
{
    v->tokens[group] = 0;
}
