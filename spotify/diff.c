#include "spotify/diff.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/order.h"

static struct diff_volume *volume_of(struct diff_volume *volumes, size_t n, int64_t playlist)
{
    for (size_t i = 0; i < n; i++) {
        if (volumes[i].playlist == playlist)
            return &volumes[i];
    }
    return NULL;
}

static void plan_removals(const struct diff_song *songs, size_t n_songs,
                          const struct diff_item *items, size_t n_items,
                          struct diff_volume *volumes, size_t n_volumes)
{
    struct diff_song *sorted = mem_array(n_songs + 1, sizeof(*sorted));
    for (size_t i = 0; i < n_songs; i++)
        sorted[i] = songs[i];
    qsort(sorted, n_songs, sizeof(*sorted), order_by_id);
    for (size_t i = 0; i < n_items; i++) {
        struct diff_song key = {.track = items[i].track};
        const struct diff_song *song = bsearch(&key, sorted, n_songs, sizeof(*sorted), order_by_id);
        struct diff_volume *volume = volume_of(volumes, n_volumes, items[i].playlist);
        if (volume && items[i].by == DIFF_BY_GENRED && !items[i].held && !(song && song->stays))
            volume->remove[volume->n_remove++] = items[i].track;
    }
    free(sorted);
}

void diff_plan(const struct diff_song *songs, size_t n_songs, const struct diff_item *items,
               size_t n_items, struct diff_volume *volumes, size_t n_volumes, int64_t cap,
               size_t *ret_overflow)
{
    plan_removals(songs, n_songs, items, n_items, volumes, n_volumes);
    size_t overflow = 0;
    size_t at = 0; /* the first volume with room */
    for (size_t i = 0; i < n_songs; i++) {
        struct diff_item key = {.track = songs[i].track};
        if (!songs[i].enters || bsearch(&key, items, n_items, sizeof(*items), order_by_id))
            continue;
        while (at < n_volumes &&
               volumes[at].total - (int64_t)volumes[at].n_remove + (int64_t)volumes[at].n_add >=
                   cap)
            at++;
        if (at == n_volumes)
            overflow++;
        else
            volumes[at].add[volumes[at].n_add++] = songs[i].track;
    }
    *ret_overflow = overflow;
}
