#include "daemon/ctl_songs.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/text.h"
#include "daemon/ctl_table.h"

#define DEPTH_MAX 8 /* of the genre tree */

static void genre_row(struct ctl_table *t, const struct json *g, size_t depth)
{
    char name[128];
    const char *own = json_get_str(g, "name");
    snprintf(name, sizeof(name), "%*s%s", (int)(2 * depth), "", own != NULL ? own : "");
    ctl_table_add(t, name);
    ctl_table_addf(t, "%lld", (long long)json_get_int(g, "tracks", 0));
    ctl_table_add(t, json_get_bool(g, "chosen", false) ? "chosen" : "");
    ctl_table_add(t, json_get_str(json_get(g, "playlist"), "name"));
}

void ctl_songs_genres(const struct ctl *c, const struct json *genres)
{
    static const struct ctl_table_column columns[] = {{"genre", false, false},
                                                      {"songs", true, false},
                                                      {"", false, false},
                                                      {"playlist", false, true}};
    struct ctl_table t;
    ctl_table_init(&t, columns, 4);
    /* The way down to the node at hand, since the tree's depth comes from outside. */
    const struct json *path[DEPTH_MAX] = {json_first(json_get(genres, "genres"))};
    size_t depth = 0;
    while (path[0] != NULL) {
        const struct json *g = path[depth];
        if (g == NULL) {
            depth--;
            path[depth] = json_next(path[depth]);
            continue;
        }
        /* A person's library has a fraction of all sub-genres. */
        if (depth == 0 || json_get_int(g, "tracks", 0) > 0 || json_get_bool(g, "chosen", false)) {
            genre_row(&t, g, depth);
        }
        const struct json *child = json_first(json_get(g, "children"));
        if (child != NULL && depth + 1 < DEPTH_MAX) {
            path[++depth] = child;
        } else {
            path[depth] = json_next(g);
        }
    }
    ctl_table_print(&t, ctl_table_width(STDOUT_FILENO), c->color);
    int64_t songs = json_get_int(genres, "songs", 0);
    if (songs > 0) {
        printf("\n%lld songs; a song may be of several genres\n", (long long)songs);
    } else {
        puts("\nyour songs have not been read yet: genrectl sync counts them, and writes nothing");
    }
}

void ctl_songs_list(const struct ctl *c, const struct json *list)
{
    static const struct ctl_table_column columns[] = {
        {"p", true, false}, {"", false, false}, {"song", false, true}, {"artists", false, true}};
    struct ctl_table t;
    ctl_table_init(&t, columns, 4);
    const struct json *tracks = json_get(list, "tracks");
    size_t n = 0;
    for (const struct json *s = json_first(tracks); s != NULL; s = json_next(s), n++) {
        ctl_table_addf(&t, "%.0f %%", 100 * json_get_num(s, "p", 0));
        ctl_table_add(&t, json_get_bool(s, "playlist", false) ? "*" : "");
        ctl_table_add(&t, json_get_str(s, "name"));
        ctl_table_add(&t, json_get_str(s, "artists"));
    }
    ctl_table_print(&t, ctl_table_width(STDOUT_FILENO), c->color);
    printf("\n%zu songs; * in the playlist\n", n);
}

/* "Name - Artists", harmless for a terminal. Caller: free. */
static char *song_text(const struct json *song)
{
    struct buf b = {0};
    const char *name = json_get_str(song, "name");
    const char *artists = json_get_str(song, "artists");
    buf_printf(&b, "%s%s%s", name != NULL ? name : "", artists != NULL ? " - " : "",
               artists != NULL ? artists : "");
    char *clean = ctl_table_clean(buf_str(&b));
    buf_free(&b);
    return clean;
}

static void song_cell(struct ctl_table *t, const struct json *song)
{
    char *text = song_text(song);
    ctl_table_add(t, text);
    free(text);
}

/* "rock 61 % of 74 %" */
static void guess_cell(struct ctl_table *t, const struct json *guess)
{
    double threshold = json_get_num(guess, "threshold", 1);
    const char *genre = json_get_str(guess, "genre");
    if (genre == NULL) {
        ctl_table_add(t, "");
    } else if (threshold > 1) {
        ctl_table_addf(t, "%s %.0f %%, never enough", genre, 100 * json_get_num(guess, "p", 0));
    } else {
        ctl_table_addf(t, "%s %.0f %% of %.0f %%", genre, 100 * json_get_num(guess, "p", 0),
                       100 * threshold);
    }
}

static void reasons_cell(struct ctl_table *t, const struct json *reasons)
{
    struct buf b = {0};
    for (const struct json *r = json_first(reasons); r != NULL; r = json_next(r)) {
        buf_printf(&b, "%s%s", b.len > 0 ? "; " : "", json_str(r) != NULL ? json_str(r) : "");
    }
    ctl_table_add(t, buf_str(&b));
    buf_free(&b);
}

void ctl_songs_review(const struct ctl *c, const struct json *review)
{
    static const struct ctl_table_column columns[] = {{"song", false, true},
                                                      {"perhaps", false, false},
                                                      {"or", false, false},
                                                      {"why not", false, true}};
    struct ctl_table t;
    const struct json *tracks = json_get(review, "tracks");
    ctl_table_init(&t, columns, 4);
    for (const struct json *s = json_first(tracks); s != NULL; s = json_next(s)) {
        const struct json *guess = json_first(json_get(s, "guesses"));
        song_cell(&t, s);
        guess_cell(&t, guess);
        guess_cell(&t, json_next(guess));
        reasons_cell(&t, json_get(s, "reasons"));
    }
    ctl_table_print(&t, ctl_table_width(STDOUT_FILENO), c->color);
    printf("\n%lld of %lld songs are sure enough of no genre; say with 'genrectl label' where "
           "they belong\n",
           (long long)json_get_int(review, "unsure", 0),
           (long long)json_get_int(review, "songs", 0));
}

static void excluded_print(const struct json *song)
{
    if (json_get_bool(song, "excluded", false)) {
        puts("  excluded: it enters no playlist of genred's (genrectl exclude lists what is)");
    }
}

void ctl_songs_label(const struct ctl *c, const struct json *answer)
{
    char *text = song_text(answer);
    const struct json *genres = json_get(answer, "genres");
    (void)c;
    printf("%s\n", text);
    free(text);
    excluded_print(answer);
    for (const struct json *g = json_first(genres); g != NULL; g = json_next(g)) {
        bool yours = json_get_bool(g, "yours", false);
        printf("  %s%s", json_get_str(g, "genre"), yours ? ", as you say\n" : "");
        if (!yours) {
            printf(" %.0f %%\n", 100 * json_get_num(g, "p", 0));
        }
    }
    if (json_first(genres) == NULL) {
        puts("  of no genre");
    }
    const struct json *moved = json_get(answer, "moved");
    for (const struct json *m = json_first(moved); m != NULL; m = json_next(m)) {
        text = song_text(m);
        printf("with it %s %s: %s\n", json_get_bool(m, "entered", false) ? "into" : "out of",
               json_get_str(m, "genre"), text);
        free(text);
    }
}

#define WHY_SHOWN 8 /* parts of a genre */

static void part_print(const struct json *part)
{
    double logit = json_get_num(part, "logit", 0);
    const char *source = json_get_str(part, "source");
    const char *input = json_get_str(part, "input");
    const char *what = json_get_str(part, "what");
    bool told = source != NULL && (text_equal(input, "sound") || text_equal(input, "tag"));
    char *clean = ctl_table_clean(what != NULL ? what : "");
    printf("    %c %3.0f %%  %s %s%s%s\n", logit < 0 ? '-' : '+',
           100 * json_get_num(part, "share", 0), input != NULL ? input : "", clean,
           told ? ", told by " : "", told ? source : "");
    free(clean);
}

static void why_genre_print(const struct json *g)
{
    double threshold = json_get_num(g, "threshold", 2);
    bool yours = json_get_bool(g, "yours", false);
    bool is = json_get_bool(g, "is", false);
    int shown = 0;
    double rest = 0;
    printf("\n  %s %.0f %%", json_get_str(g, "genre"), 100 * json_get_num(g, "p", 0));
    if (yours) {
        printf(", %s, as you say\n", is ? "yes" : "no");
    } else if (threshold > 1) {
        printf(", no: the model is never sure enough with so little known\n");
    } else {
        printf(", %s: %.0f %% is enough\n", is ? "yes" : "no", 100 * threshold);
    }
    const struct json *parts = json_get(g, "parts");
    for (const struct json *p = json_first(parts); p != NULL; p = json_next(p)) {
        if (shown++ < WHY_SHOWN) {
            part_print(p);
        } else {
            rest += json_get_num(p, "share", 0);
        }
    }
    if (shown > WHY_SHOWN) {
        printf("      %3.0f %%  %d others\n", 100 * rest, shown - WHY_SHOWN);
    }
    double moved = json_get_num(g, "corrections", 0);
    if (moved > 0.01 || moved < -0.01) {
        printf("    %c %s: %+.2f log-odds\n", moved < 0 ? '-' : '+',
               yours ? "your word on this song and on others" : "your word on other songs", moved);
    }
}

void ctl_songs_why(const struct ctl *c, const struct json *why)
{
    char *text = song_text(why);
    (void)c;
    printf("%s\n", text);
    free(text);
    excluded_print(why);
    for (const struct json *g = json_first(json_get(why, "genres")); g != NULL; g = json_next(g)) {
        why_genre_print(g);
    }
    const char *method = json_get_str(why, "method");
    printf("\n%s\n", method != NULL ? method : "");
}

void ctl_songs_similar(const struct ctl *c, const struct json *similar)
{
    static const struct ctl_table_column columns[] = {
        {"cosine", true, false}, {"song", false, true}, {"id", false, false}};
    struct ctl_table t;
    ctl_table_init(&t, columns, 3);
    const struct json *tracks = json_get(similar, "tracks");
    for (const struct json *s = json_first(tracks); s != NULL; s = json_next(s)) {
        ctl_table_addf(&t, "%.3f", json_get_num(s, "cosine", 0));
        song_cell(&t, s);
        ctl_table_add(&t, json_get_str(s, "id"));
    }
    ctl_table_print(&t, ctl_table_width(STDOUT_FILENO), c->color);
}
