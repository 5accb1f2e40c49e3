#include "daemon/ctl_exclude.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "daemon/ctl_table.h"

static void show_named(const struct ctl *c, const struct json *answer)
{
    const char *how = command_has(&c->command, OPTION_FORGET) ? "no longer excluded" : "excluded";
    static const char *const kinds[] = {"songs", "artists"};
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        const struct json *list = json_get(answer, kinds[i]);
        for (const struct json *x = json_first(list); x != NULL; x = json_next(x)) {
            const char *name = json_get_str(x, "name");
            const char *artists = json_get_str(x, "artists");
            char *clean = ctl_table_clean(name != NULL ? name : "");
            char *by = ctl_table_clean(artists != NULL ? artists : "");
            printf("%s: %s%s%s", how, clean, artists != NULL ? " - " : "", by);
            free(clean);
            free(by);
            if (i == 1) {
                printf(", %lld of your songs", (long long)json_get_int(x, "songs", 0));
            }
            puts("");
        }
    }
    puts("the playlists follow with the next sync");
}

static void show_list(const struct ctl *c, const struct json *answer)
{
    static const struct ctl_table_column columns[] = {
        {"excluded", false, true}, {"songs", true, false}, {"id", false, false}};
    struct ctl_table t;
    size_t n = 0;
    ctl_table_init(&t, columns, 3);
    for (const struct json *x = json_first(json_get(answer, "songs")); x != NULL;
         x = json_next(x), n++) {
        const char *name = json_get_str(x, "name");
        const char *artists = json_get_str(x, "artists");
        struct buf text = {0};
        buf_printf(&text, "%s - %s", name != NULL ? name : "", artists != NULL ? artists : "");
        ctl_table_add(&t, buf_str(&text));
        buf_free(&text);
        ctl_table_add(&t, "");
        ctl_table_add(&t, json_get_str(x, "id"));
    }
    for (const struct json *x = json_first(json_get(answer, "artists")); x != NULL;
         x = json_next(x), n++) {
        ctl_table_add(&t, json_get_str(x, "name"));
        ctl_table_addf(&t, "%lld", (long long)json_get_int(x, "songs", 0));
        ctl_table_add(&t, json_get_str(x, "id"));
    }
    if (n > 0) {
        ctl_table_print(&t, ctl_table_width(STDOUT_FILENO), c->color);
    } else {
        puts("nothing is excluded");
    }
}

enum err_code ctl_exclude_run(struct ctl *c, struct err *e)
{
    const struct command *command = &c->command;
    bool forget = command_has(command, OPTION_FORGET);
    bool artist = command_has(command, OPTION_ARTIST);
    bool named = command->n_args > 0;
    if (!named && (forget || artist)) {
        return err_set(e, ERR_USAGE, "exclude --%s needs the name of a song or an artist",
                       forget ? "forget" : "artist");
    }
    struct json *body = json_object();
    struct json *items = json_array();
    struct json *answer = NULL;
    for (size_t i = 0; i < command->n_args; i++) {
        json_add_str(items, command->args[i]);
    }
    json_set(body, "items", items);
    json_set_bool(body, "artist", artist);
    json_set_bool(body, "forget", forget);
    enum err_code code =
        ctl_ask(c, named ? "POST" : "GET", named ? "/api/exclude" : "/api/exclusions",
                named ? body : NULL, &answer, e);
    json_free(body);
    if (code == ERR_OK && c->json) {
        ctl_print_json(answer);
    } else if (code == ERR_OK && named) {
        show_named(c, answer);
    } else if (code == ERR_OK) {
        show_list(c, answer);
    }
    json_free(answer);
    return code;
}
