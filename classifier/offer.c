#include "classifier/offer.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "classifier/rule.h"

#define TERMS_MAX  400
#define TERM_SIZE  96
#define TERMS_USED 3
#define GAIN_LEAST 0.02 /* of F1, for one term more */
#define SHARE      0.2  /* of the songs, that a genre, tag or decade must have to be tried */
#define TAGS_MAX   60

struct term {
    char text[TERM_SIZE];
    unsigned char *hit; /* (n) */
};

struct search {
    const struct tree *tree;
    const struct offer_song *songs;
    size_t n;
    int half; /* songs of this half are learned from; -1: all */
    struct term *terms;
    size_t n_terms;
};

static bool is_learned(const struct search *s, size_t song)
{
    return s->half < 0 || (int)(song % 2) == s->half;
}

static size_t count_in(const struct search *s)
{
    size_t n = 0;
    for (size_t i = 0; i < s->n; i++)
        n += s->songs[i].in && is_learned(s, i);
    return n;
}

/* --- the terms
 * ------------------------------------------------------------------------------------ */

static enum err_code find_genre(void *ctx, const char *name, size_t *ret_genre, struct err *e)
{
    const struct tree *tree = ctx;
    *ret_genre = tree_find(tree, name);
    return *ret_genre == TREE_NONE ? err_set(e, ERR_CONFIG, "no genre '%s'", name) : ERR_OK;
}

__attribute__((format(printf, 2, 3))) static void add_term(struct search *s, const char *fmt, ...)
{
    struct err ignored = {0};
    struct rule *rule = NULL;
    struct term *t = &s->terms[s->n_terms];
    va_list args;
    va_start(args, fmt);
    int len = vsnprintf(t->text, sizeof(t->text), fmt, args);
    va_end(args);
    if (s->n_terms == TERMS_MAX || len < 0 || (size_t)len >= sizeof(t->text) ||
        rule_parse(t->text, find_genre, (void *)(uintptr_t)s->tree, &rule, &ignored))
        return;
    t->hit = mem_array(s->n + 1, 1);
    for (size_t i = 0; i < s->n; i++) {
        const struct offer_song *song = &s->songs[i];
        t->hit[i] = rule_margin(rule, song->song, song->p, song->threshold) >= 0;
    }
    rule_free(rule);
    s->n_terms++;
}

static void add_genres(struct search *s)
{
    size_t common[4];
    size_t n = 0;
    for (size_t g = 0; g < tree_given(s->tree); g++) {
        size_t hits = 0;
        for (size_t i = 0; i < s->n; i++)
            hits +=
                s->songs[i].in && is_learned(s, i) && s->songs[i].p[g] >= s->songs[i].threshold[g];
        if ((double)hits < SHARE * (double)count_in(s))
            continue;
        add_term(s, "\"%s\"", tree_at(s->tree, g)->name);
        for (size_t k = 0; k < n; k++)
            add_term(s, "(\"%s\" or \"%s\")", tree_at(s->tree, common[k])->name,
                     tree_at(s->tree, g)->name);
        if (n < 4)
            common[n++] = g;
    }
}

struct tag {
    char text[48];
    size_t hits;
};

static void count_tag(struct tag *tags, size_t *n, const char *text, size_t len)
{
    size_t at = 0;
    if (len == 0 || len >= sizeof(tags->text) || memchr(text, '"', len))
        return;
    while (at < *n && !(strncmp(tags[at].text, text, len) == 0 && tags[at].text[len] == '\0'))
        at++;
    if (at == TAGS_MAX)
        return;
    if (at == *n) {
        memcpy(tags[at].text, text, len);
        tags[at].text[len] = '\0';
        tags[at].hits = 0;
        ++*n;
    }
    tags[at].hits++;
}

static void add_tags(struct search *s)
{
    struct tag *tags = mem_array(TAGS_MAX, sizeof(*tags));
    size_t n = 0;
    for (size_t i = 0; i < s->n; i++) {
        const char *at = s->songs[i].song->tags;
        while (s->songs[i].in && is_learned(s, i) && *at) {
            size_t len = strcspn(at, ";");
            count_tag(tags, &n, at, len);
            at += len;
            at += strspn(at, "; ");
        }
    }
    for (size_t t = 0; t < n; t++) {
        if ((double)tags[t].hits < SHARE * (double)count_in(s))
            continue;
        add_term(s, "tag \"%s\"", tags[t].text);
        for (size_t k = 0; k < t; k++) {
            if ((double)tags[k].hits >= SHARE * (double)count_in(s))
                add_term(s, "(tag \"%s\" or tag \"%s\")", tags[k].text, tags[t].text);
        }
    }
    free(tags);
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Bounds at quantiles of the songs' values. */
static void add_bounds(struct search *s, const char *name, int digits, double *values, size_t n)
{
    static const double at[] = {0.05, 0.15, 0.3, 0.5, 0.7, 0.85, 0.95};
    char number[32];
    if (n < OFFER_LEAST)
        return;
    qsort(values, n, sizeof(*values), by_value);
    for (size_t i = 0; i < sizeof(at) / sizeof(at[0]); i++) {
        double value = values[(size_t)(at[i] * (double)(n - 1))];
        snprintf(number, sizeof(number), "%.*f", digits, value);
        if (i < 4)
            add_term(s, "%s >= %s", name, number);
        if (i > 2)
            add_term(s, "%s <= %s", name, number);
    }
}

static void add_statistics(struct search *s)
{
    double *values = mem_array(s->n + 1, sizeof(*values));
    for (size_t k = 0; k < SONG_STATS; k++) {
        size_t n = 0;
        if (k == SONG_KEY || k == SONG_MODE || k == SONG_TIME_SIGNATURE)
            continue;
        for (size_t i = 0; i < s->n; i++) {
            if (s->songs[i].in && is_learned(s, i) && s->songs[i].song->stat_mask >> k & 1)
                values[n++] = (double)s->songs[i].song->stat[k];
        }
        add_bounds(s, song_stat_name[k], k == SONG_TEMPO ? 0 : 2, values, n);
    }
    size_t n = 0;
    for (size_t i = 0; i < s->n; i++) {
        if (s->songs[i].in && is_learned(s, i) && s->songs[i].song->year > 0)
            values[n++] = s->songs[i].song->year;
    }
    add_bounds(s, "year", 0, values, n);
    free(values);
}

/* --- the search
 * ----------------------------------------------------------------------------------- */

struct score {
    size_t found;
    size_t wrong;
    size_t all;
};

static void count_hits(const struct search *s, const unsigned char *now, const unsigned char *more,
                       struct score *ret)
{
    *ret = (struct score){0};
    for (size_t i = 0; i < s->n; i++) {
        if (!is_learned(s, i))
            continue;
        bool hit = now[i] && (!more || more[i]);
        ret->found += hit && s->songs[i].in;
        ret->wrong += hit && !s->songs[i].in;
        ret->all += s->songs[i].in;
    }
}

static double f1(const struct score *x)
{
    return x->found ? 2.0 * (double)x->found / (double)(x->found + x->wrong + x->all) : 0;
}

/* Joins the terms that raise F1; now: (n) the songs that the rule finds. Returns how many. */
static size_t search_terms(struct search *s, unsigned char *now, char *rule, size_t rule_size)
{
    struct score score;
    size_t used = 0;
    memset(now, 1, s->n);
    count_hits(s, now, NULL, &score);
    double best = f1(&score);
    rule[0] = '\0';
    while (used < TERMS_USED) {
        const struct term *chosen = NULL;
        for (size_t t = 0; t < s->n_terms; t++) {
            count_hits(s, now, s->terms[t].hit, &score);
            if (f1(&score) > best + (chosen ? 0 : GAIN_LEAST)) {
                best = f1(&score);
                chosen = &s->terms[t];
            }
        }
        size_t len = strlen(rule);
        if (!chosen || len + strlen(chosen->text) + 6 > rule_size)
            break;
        snprintf(rule + len, rule_size - len, "%s%s", used ? " and " : "", chosen->text);
        for (size_t i = 0; i < s->n; i++)
            now[i] = now[i] && chosen->hit[i];
        used++;
    }
    return used;
}

static size_t search_half(struct search *s, int half, unsigned char *now, char *rule,
                          size_t rule_size)
{
    s->half = half;
    s->n_terms = 0;
    add_genres(s);
    add_tags(s);
    add_statistics(s);
    size_t used = search_terms(s, now, rule, rule_size);
    for (size_t t = 0; t < s->n_terms; t++)
        free(s->terms[t].hit);
    return used;
}

bool offer_make(const struct tree *tree, const struct offer_song *songs, size_t n,
                struct offer *ret)
{
    struct search s = {.tree = tree, .songs = songs, .n = n, .half = -1};
    struct score total = {0};
    *ret = (struct offer){0};
    if (count_in(&s) < OFFER_LEAST)
        return false;
    unsigned char *now = mem_array(n + 1, 1);
    s.terms = mem_array(TERMS_MAX + 1, sizeof(*s.terms));
    for (int half = 0; half < 2; half++) {
        struct score part;
        search_half(&s, half, now, ret->rule, sizeof(ret->rule));
        s.half = 1 - half;
        count_hits(&s, now, NULL, &part);
        total.found += part.found;
        total.wrong += part.wrong;
        total.all += part.all;
    }
    bool any = search_half(&s, -1, now, ret->rule, sizeof(ret->rule)) > 0;
    if (total.found)
        ret->precision = (double)total.found / (double)(total.found + total.wrong);
    if (total.all)
        ret->recall = (double)total.found / (double)total.all;
    free(s.terms);
    free(now);
    return any;
}
