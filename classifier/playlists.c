#include "classifier/playlists.h"

#include <stdlib.h>
#include <string.h>

#include "base/csv.h"
#include "base/mem.h"
#include "classifier/dataset.h"

#define HELD_OUT 0.2
#define LEAST    2

struct reader {
    struct playlists *p;
    size_t songs_n;
    size_t songs_cap;
    size_t cap;
};

static void song_add(struct reader *r, size_t song)
{
    if (r->songs_n == r->songs_cap) {
        r->songs_cap = r->songs_cap ? 2 * r->songs_cap : 4096;
        r->p->songs = mem_resize(r->p->songs, r->songs_cap, sizeof(*r->p->songs));
    }
    r->p->songs[r->songs_n++] = (uint32_t)song;
}

static void row_take(struct reader *r, const char *ids, const struct songs *songs)
{
    struct playlists *p = r->p;
    for (const char *s = ids + strspn(ids, " "); *s; s += strspn(s, " ")) {
        char id[64];
        size_t n = strcspn(s, " ");
        if (n < sizeof(id)) {
            memcpy(id, s, n);
            id[n] = '\0';
            size_t song = songs_find(songs, id);
            if (song != SONGS_NONE) {
                song_add(r, song);
            }
        }
        s += n;
    }
    if (r->songs_n - p->first[p->n] < LEAST) {
        r->songs_n = p->first[p->n];
        return;
    }
    if (p->n + 2 > r->cap) {
        r->cap = 2 * r->cap;
        p->first = mem_resize(p->first, r->cap, sizeof(*p->first));
    }
    p->first[++p->n] = r->songs_n;
}

enum err_code playlists_load(struct playlists *p, const char *path, const struct songs *songs,
                             enum playlists_part part, struct err *e)
{
    struct csv *csv = NULL;
    *p = (struct playlists){0};
    enum err_code code = csv_open(path, &csv, e);
    if (code != ERR_OK) {
        return code;
    }
    struct reader r = {.p = p, .cap = 64};
    p->first = mem_array(r.cap, sizeof(*p->first));
    size_t name = csv_column(csv, "playlist"), ids = csv_column(csv, "track_ids");
    int got = 0;
    if (name == SIZE_MAX || ids == SIZE_MAX) {
        code = err_set(e, ERR_FORMAT, "%s has no columns playlist and track_ids", path);
    }
    while (code == ERR_OK && (got = csv_next(csv, e)) > 0) {
        const char *called = csv_field(csv, name);
        bool held = dataset_place(called, strlen(called)) < HELD_OUT;
        if (held == (part == PLAYLISTS_HOLD)) {
            row_take(&r, csv_field(csv, ids), songs);
        }
    }
    if (got < 0) {
        code = err_wrap(e, "%s line %lld", path, (long long)csv_line(csv));
    } else if (code == ERR_OK && p->n == 0) {
        code = err_set(e, ERR_FORMAT, "%s has no playlist with two songs of the track list", path);
    }
    csv_close(csv);
    if (code != ERR_OK) {
        playlists_free(p);
    }
    return code;
}

void playlists_free(struct playlists *p)
{
    free(p->songs);
    free(p->first);
    *p = (struct playlists){0};
}
