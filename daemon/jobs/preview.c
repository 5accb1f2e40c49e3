/* What a dry run tells of each song that it would move, keep or leave out. */
#include <math.h>
#include <string.h>

#include "daemon/jobs/work.h"

static const char *const verbs[] = {
    [WORK_ADD] = "add", [WORK_REMOVE] = "remove", [WORK_HOLD] = "hold", [WORK_VETO] = "veto"};
static const char *const whys[] = {
    [WORK_WHY_PROBABLE] = "probable", [WORK_WHY_SAID] = "said",     [WORK_WHY_UNLIKED] = "unliked",
    [WORK_WHY_UNLIKELY] = "unlikely", [WORK_WHY_EDITED] = "edited", [WORK_WHY_UNDONE] = "undone",
};

static void set_known(struct json *j, const char *key, double value)
{
    if (!isnan(value))
        json_set_num(j, key, value);
}

static struct json *change_json(struct work *w, const struct work_change *c)
{
    struct err ignored = {0};
    struct arena a = {0};
    struct song song = {.id = "", .name = "", .artists = ""};
    struct json *j = json_object();
    if (store_label_song(w->env.store, c->track, &a, &song, &ignored))
        song = (struct song){.id = "", .name = "", .artists = ""};
    json_set_str(j, "verb", verbs[c->verb]);
    json_set_int(j, "playlist", c->playlist);
    json_set_str(j, "id", song.id);
    json_set_str(j, "name", song.name);
    json_set_str(j, "artists", song.artists);
    set_known(j, "p", c->p);
    set_known(j, "threshold", c->threshold);
    json_set_str(j, "why", whys[c->why]);
    arena_free(&a);
    return j;
}

struct json *preview_json(struct work *w, const struct work_genre *g)
{
    struct json *list = json_array();
    for (size_t i = 0; i < g->n_changes; i++)
        json_add(list, change_json(w, &g->changes[i]));
    return list;
}
