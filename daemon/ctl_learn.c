#include "daemon/ctl_learn.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/text.h"
#include "daemon/ctl_run.h"
#include "daemon/ctl_table.h"
#include "daemon/ctl_work.h"

enum err_code ctl_learn_run(struct ctl *c, struct err *e)
{
    const struct command *command = &c->command;
    struct json *body = json_object();
    struct json *playlists = json_array();
    for (size_t i = 0; i < command->n_args; i++) {
        char playlist[512];
        ctl_work_playlist(command->args[i], playlist, sizeof(playlist));
        json_add_str(playlists, playlist);
    }
    json_set(body, "playlists", playlists);
    if (command_has(command, OPTION_AS)) {
        json_set_str(body, "genre", command->value[OPTION_AS]);
    }
    enum err_code code = ctl_run_whole(c, "/api/learn", body, e);
    json_free(body);
    return code;
}

/* The name of a genre of one's own: letters, digits and dashes of the playlist's. */
static void genre_name(const char *name, char *out, size_t size)
{
    size_t n = 0;
    for (const char *at = name; *at != '\0' && n + 1 < size; at++) {
        char c = *at >= 'A' && *at <= 'Z' ? (char)(*at - 'A' + 'a') : *at;
        bool word = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        if (word || (n > 0 && out[n - 1] != '-')) {
            out[n++] = word ? c : '-';
        }
    }
    while (n > 0 && out[n - 1] == '-') {
        n--;
    }
    text_copy(out + n, size - n, n == 0 ? "mine" : "");
}

static void lesson_print(const struct json *p)
{
    char genre[32];
    const char *name = json_get_str(p, "name");
    const char *rule = json_get_str(p, "rule");
    struct buf b;
    buf_init(&b, 0);
    buf_printf(&b, "%s: %lld songs, %lld of them among those that are sorted", name,
               (long long)json_get_int(p, "songs", 0), (long long)json_get_int(p, "known", 0));
    const struct json *genres = json_get(p, "genres");
    for (const struct json *g = json_first(genres); g != NULL; g = json_next(g)) {
        buf_printf(&b, ", %.0f %% %s", 100 * json_get_num(g, "share", 0), json_get_str(g, "genre"));
    }
    char *clean = ctl_table_clean(buf_str(&b));
    puts(clean);
    free(clean);
    if (json_get_bool(p, "refused", false)) {
        puts("  Spotify does not show its songs");
    } else if (rule == NULL || json_get_num(p, "precision", 0) < 0.5 ||
               json_get_num(p, "recall", 0) < 0.25) {
        puts("  no rule tells them from your other songs well enough, or they are too few");
    } else {
        genre_name(name, genre, sizeof(genre));
        printf("  a genre of your own, for genres.conf, that would find %.0f %% of such songs, and "
               "be right in %.0f %%:\n",
               100 * json_get_num(p, "recall", 0), 100 * json_get_num(p, "precision", 0));
        buf_clear(&b);
        buf_printf(&b, "[own]\n%s = %s", genre, rule);
        puts(buf_str(&b));
    }
    buf_free(&b);
}

void ctl_learn_show(const struct json *summary)
{
    const struct json *lessons = json_get(summary, "lessons");
    for (const struct json *p = json_first(lessons); p != NULL; p = json_next(p)) {
        lesson_print(p);
    }
    if (json_get_str(summary, "labelled_as") != NULL) {
        printf("their songs are labelled %s now\n", json_get_str(summary, "labelled_as"));
    }
}
