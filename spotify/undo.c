#include "spotify/undo.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* How often each item is there: open addressing, never full. */
struct counts {
    struct count {
        const char *item;
        size_t n;
    } * slot;
    size_t size; /* a power of two */
};

static struct count *count_of(const struct counts *c, const char *item)
{
    uint64_t hash = UINT64_C(14695981039346656037); /* FNV-1a */
    for (const char *at = item; *at; at++)
        hash = (hash ^ (unsigned char)*at) * UINT64_C(1099511628211);
    size_t i = (size_t)hash & (c->size - 1);
    while (c->slot[i].item && strcmp(c->slot[i].item, item) != 0)
        i = (i + 1) & (c->size - 1);
    c->slot[i].item = item;
    return &c->slot[i];
}

static struct counts counts_make(const char *const *items, size_t n, size_t room)
{
    struct counts c = {.size = 16};
    while (c.size < 2 * room)
        c.size *= 2;
    c.slot = mem_array(c.size, sizeof(*c.slot));
    for (size_t i = 0; i < n; i++)
        count_of(&c, items[i])->n++;
    return c;
}

static bool is_at(const char *const *items, size_t n, size_t at, const char *item)
{
    return at < n && strcmp(items[at], item) == 0;
}

/* It is nearly always where it was put. */
static size_t find(const char *const *items, size_t n, const struct undo_step *s)
{
    size_t at = s->place >= 0 ? (size_t)s->place : 0;
    if (is_at(items, n, at, s->item))
        return at;
    for (at = 0; !is_at(items, n, at, s->item);)
        at++;
    return at;
}

static void take_out(const char **items, size_t *n, const struct undo_step *s, size_t *copies)
{
    if (*copies != 1)
        return;
    size_t at = find(items, *n, s);
    --*copies;
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

static void put_back(const char **items, size_t *n, const struct undo_step *s, size_t *copies)
{
    if (*copies > 0)
        return;
    size_t at = place_of(items, *n, s);
    memmove(&items[at + 1], &items[at], (*n - at) * sizeof(*items));
    items[at] = s->item;
    ++*copies;
    ++*n;
}

void undo_list(const char **items, size_t *n, const struct undo_step *steps, size_t n_steps)
{
    struct counts counts = counts_make(items, *n, *n + n_steps);
    for (size_t i = n_steps; i > 0; i--) {
        size_t *copies = &count_of(&counts, steps[i - 1].item)->n;
        if (steps[i - 1].added)
            take_out(items, n, &steps[i - 1], copies);
        else
            put_back(items, n, &steps[i - 1], copies);
    }
    free(counts.slot);
}
