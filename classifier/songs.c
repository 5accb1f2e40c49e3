#include "classifier/songs.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "base/text.h"
#include "classifier/dataset.h"

static size_t *index_place(const struct songs *s, const char *id)
{
    size_t i = (size_t)(text_hash(id, strlen(id), TEXT_HASH_START) >> 20) & (s->index_cap - 1);
    while (s->index[i] != SONGS_NONE && strcmp(s->at[s->index[i]].id, id) != 0) {
        i = (i + 1) & (s->index_cap - 1);
    }
    return &s->index[i];
}

static void grow(struct songs *s)
{
    s->cap = s->cap ? 2 * s->cap : 1024;
    s->at = mem_resize(s->at, s->cap, sizeof(*s->at));
    s->index_cap = 2 * s->cap;
    free(s->index);
    s->index = mem_array(s->index_cap, sizeof(*s->index));
    memset(s->index, 0xff, s->index_cap * sizeof(*s->index));
    for (size_t i = 0; i < s->n; i++) {
        *index_place(s, s->at[i].id) = i;
    }
}

static void song_add(struct songs *s, const struct song *song)
{
    if (s->n == s->cap) {
        grow(s);
    }
    size_t *place = index_place(s, song->id);
    if (*place != SONGS_NONE) {
        return;
    }
    struct song *kept = &s->at[s->n];
    *kept = *song;
    kept->id = arena_str(&s->arena, song->id);
    kept->name = arena_str(&s->arena, song->name);
    kept->artists = arena_str(&s->arena, song->artists);
    kept->album = arena_str(&s->arena, song->album);
    kept->label = arena_str(&s->arena, song->label);
    kept->tags = arena_str(&s->arena, song->tags);
    *place = s->n++;
}

static enum err_code file_take(struct songs *s, const char *path, bool quiet, struct err *e)
{
    struct dataset *d = NULL;
    struct song song;
    enum err_code code = dataset_open(path, &d, e);
    for (int got; code == ERR_OK && (got = dataset_next(d, &song, e)) != 0;) {
        if (got > 0) {
            song_add(s, &song);
            continue;
        }
        code = e->code == ERR_IO ? ERR_IO : ERR_OK;
        s->bad++;
        if (!quiet && code == ERR_OK) {
            fprintf(stderr, "%s: %s; skipped\n", path, e->text);
        }
    }
    dataset_close(d);
    return code;
}

enum err_code songs_load(struct songs *s, const char *const *paths, size_t n, bool quiet,
                         struct err *e)
{
    enum err_code code = ERR_OK;
    *s = (struct songs){0};
    for (size_t i = 0; i < n && code == ERR_OK; i++) {
        code = file_take(s, paths[i], quiet, e);
    }
    if (code == ERR_OK && s->n == 0) {
        code = err_set(e, ERR_FORMAT, "%s has not one usable row", n > 0 ? paths[0] : "nothing");
    }
    if (code != ERR_OK) {
        songs_free(s);
    }
    return code;
}

void songs_free(struct songs *s)
{
    arena_free(&s->arena);
    free(s->at);
    free(s->index);
    *s = (struct songs){0};
}

size_t songs_find(const struct songs *s, const char *id)
{
    return s->n > 0 ? *index_place(s, id) : SONGS_NONE;
}

enum err_code songs_named(const struct songs *s, const char *name, size_t *ret_song, struct err *e)
{
    size_t found = songs_find(s, name);
    for (size_t i = 0; i < s->n && found == SONGS_NONE; i++) {
        const struct song *song = &s->at[i];
        size_t len = strlen(song->name);
        bool title = strncasecmp(name, song->name, len) == 0;
        bool whole = title && name[len] == '\0';
        bool both = title && text_starts_with(name + len, " - ") &&
                    strcasecmp(name + len + 3, song->artists) == 0;
        found = whole || both ? i : SONGS_NONE;
    }
    if (found == SONGS_NONE) {
        return err_set(e, ERR_USAGE, "there is no song '%s' in the file", name);
    }
    *ret_song = found;
    return ERR_OK;
}
