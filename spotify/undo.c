#include "spotify/undo.h"

#include <string.h>

static bool is_at(const char *const *items, size_t n, size_t at, const char *item)
{
    return at < n && strcmp(items[at], item) == 0;
}

/* How often the item is there, and where first. */
static size_t count(const char *const *items, size_t n, const char *item, size_t *ret_first)
{
    size_t copies = 0;
    for (size_t i = 0; i < n; i++) {
        if (strcmp(items[i], item) != 0)
            continue;
        if (copies++ == 0)
            *ret_first = i;
    }
    return copies;
}

static void take_out(const char **items, size_t *n, const char *item)
{
    size_t at = 0;
    if (count(items, *n, item, &at) != 1)
        return;
    --*n;
    memmove(&items[at], &items[at + 1], (*n - at) * sizeof(*items));
}

/* Where the item belongs: at its place if that still follows the same item, else behind it. */
static size_t place_of(const char *const *items, size_t n, const struct undo_step *s)
{
    size_t place = s->place >= 0 && (size_t)s->place <= n ? (size_t)s->place : n;
    size_t nearest = n;
    if (!*s->after)
        return 0;
    if (place > 0 && is_at(items, n, place - 1, s->after))
        return place;
    for (size_t i = 0; i < n; i++) {
        size_t far = i > place ? i - place : place - i;
        size_t best = nearest > place ? nearest - place : place - nearest;
        if (is_at(items, n, i, s->after) && (nearest == n || far < best))
            nearest = i;
    }
    return nearest < n ? nearest + 1 : s->place < 0 ? 0 : place;
}

static void put_back(const char **items, size_t *n, const struct undo_step *s)
{
    size_t first = 0;
    if (count(items, *n, s->item, &first) > 0)
        return;
    size_t at = place_of(items, *n, s);
    memmove(&items[at + 1], &items[at], (*n - at) * sizeof(*items));
    items[at] = s->item;
    ++*n;
}

void undo_list(const char **items, size_t *n, const struct undo_step *steps, size_t n_steps)
{
    for (size_t i = n_steps; i > 0; i--) {
        if (steps[i - 1].added)
            take_out(items, n, steps[i - 1].item);
        else
            put_back(items, n, &steps[i - 1]);
    }
}
