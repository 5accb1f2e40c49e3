#include "classifier/playlists.h"

#include <stdlib.h>
#include <string.h>

#include "base/csv.h"
#include "base/mem.h"
#include "classifier/artist.h"
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

/* Ends the playlist at hand, or drops it when it is too short to tell anything. */
static void playlist_end(struct reader *r)
{
    struct playlists *p = r->p;
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

static void row_take(struct reader *r, const char *ids, const struct songs *songs)
{
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
    playlist_end(r);
}

struct made {
    uint64_t artist;
    size_t song;
};

static int by_artist(const void *a, const void *b)
{
    const struct made *x = a, *y = b;
    int order = (x->artist > y->artist) - (x->artist < y->artist);
    return order != 0 ? order : (x->song > y->song) - (x->song < y->song);
}

void playlists_of_artists(struct playlists *p, const struct songs *songs)
{
    struct made *made = mem_array(songs->n + 1, sizeof(*made));
    struct reader r = {.p = p, .cap = 64};
    *p = (struct playlists){.first = mem_array(r.cap, sizeof(*p->first))};
    for (size_t i = 0; i < songs->n; i++) {
        made[i] = (struct made){artist_key(songs->at[i].artists), i};
    }
    qsort(made, songs->n, sizeof(*made), by_artist);
    for (size_t i = 0; i < songs->n; i++) {
        if (i > 0 && made[i].artist != made[i - 1].artist) {
            playlist_end(&r);
        }
        song_add(&r, made[i].song);
    }
    playlist_end(&r);
    free(made);
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
