#include "daemon/ctl_sources.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/text.h"
#include "daemon/ctl_show.h"
#include "daemon/ctl_table.h"

/* "1,700 of 2,000"; "" where the source has nothing to say about them. */
static void add_coverage(struct ctl_table *t, const struct json *coverage)
{
    if (!coverage) {
        ctl_table_add(t, "");
        return;
    }
    ctl_table_addf(t, "%lld of %lld", (long long)json_get_int(coverage, "known", 0),
                   (long long)json_get_int(coverage, "all", 0));
}

/* The later of both. */
static const char *last_answer(const struct json *source)
{
    const char *tracks = json_get_str(json_get(source, "tracks"), "last_answer");
    const char *artists = json_get_str(json_get(source, "artists"), "last_answer");
    if (!tracks || !artists) {
        return tracks ? tracks : artists;
    }
    return __builtin_strcmp(tracks, artists) > 0 ? tracks : artists;
}

static void add_row(struct ctl_table *t, const struct json *source)
{
    char when[128] = "";
    const char *answered = last_answer(source);
    long long left = json_get_int(source, "calls_left", 0);
    if (answered) {
        ctl_show_time(answered, when, sizeof(when));
    }
    ctl_table_add(t, json_get_str(source, "name"));
    ctl_table_add(t, json_get_str(source, "state"));
    add_coverage(t, json_get(source, "tracks"));
    add_coverage(t, json_get(source, "artists"));
    if (left > 0) {
        char span[48];
        text_duration(json_get_int(source, "seconds_left", 0) * 1000, span, sizeof(span));
        ctl_table_addf(t, "%lld calls, %s", left, span);
    } else {
        ctl_table_add(t, "");
    }
    ctl_table_add(t, when);
}

static void say_trouble(const struct json *source)
{
    char when[128] = "";
    const char *error = json_get_str(source, "error");
    const char *next = json_get_str(source, "next_call");
    const char *until = json_get_str(source, "cooldown_until");
    if (!error && !until) {
        return;
    }
    char *clean = ctl_table_clean(error ? error : "it asked to wait");
    ctl_show_time(until ? until : next, when, sizeof(when));
    printf("%s: %s; asked again %s\n", json_get_str(source, "name"), clean,
           until || next ? when : "with the next sync");
    free(clean);
}

void ctl_sources_show(const struct ctl *c, const struct json *answer)
{
    static const struct ctl_table_column columns[] = {
        {"source", false, false}, {"state", false, false},        {"songs", true, false},
        {"artists", true, false}, {"still to ask", false, false}, {"last answer", false, true}};
    struct ctl_table t;
    const struct json *list = json_get(answer, "sources");
    ctl_table_init(&t, columns, 6);
    for (const struct json *s = json_first(list); s; s = json_next(s)) {
        add_row(&t, s);
    }
    ctl_table_print(&t, ctl_table_width(STDOUT_FILENO), c->color);
    for (const struct json *s = json_first(list); s; s = json_next(s)) {
        say_trouble(s);
    }
}
