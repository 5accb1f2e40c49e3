#include "classifier/artist.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/csv.h"
#include "base/mem.h"
#include "base/text.h"
#include "classifier/word.h"

struct entry {
    uint64_t key; /* 0: free */
    const char *tags;
};

/* Open addressing; cap is a power of two and at most half full. */
struct artist {
    struct arena arena;
    struct entry *entries;
    size_t n;
    size_t cap;
};

uint64_t artist_key(const char *artists)
{
    char name[256];
    size_t n = strcspn(artists, ";");
    n = n < sizeof(name) ? n : sizeof(name) - 1;
    memcpy(name, artists, n);
    name[n] = '\0';
    char lower[512];
    return text_hash(lower, word_lower(name, lower, sizeof(lower)), TEXT_HASH_START);
}

static struct entry *entry_find(const struct artist *a, uint64_t key)
{
    size_t i = (size_t)(key >> 20) & (a->cap - 1);
    while (a->entries[i].key != 0 && a->entries[i].key != key) {
        i = (i + 1) & (a->cap - 1);
    }
    return &a->entries[i];
}

static void grow(struct artist *a)
{
    struct artist larger = {.arena = a->arena, .n = a->n, .cap = a->cap ? 2 * a->cap : 1024};
    larger.entries = mem_array(larger.cap, sizeof(*larger.entries));
    for (size_t i = 0; i < a->cap; i++) {
        if (a->entries[i].key != 0) {
            *entry_find(&larger, a->entries[i].key) = a->entries[i];
        }
    }
    free(a->entries);
    *a = larger;
}

static void tags_add(struct artist *a, const char *name, const char *tags)
{
    if (2 * (a->n + 1) > a->cap) {
        grow(a);
    }
    uint64_t key = artist_key(name);
    struct entry *entry = entry_find(a, key ? key : 1);
    if (entry->key == 0) {
        *entry = (struct entry){key ? key : 1, arena_str(&a->arena, tags)};
        a->n++;
    } else {
        entry->tags = arena_printf(&a->arena, "%s; %s", entry->tags, tags);
    }
}

void artist_close(struct artist *a)
{
    if (a != NULL) {
        arena_free(&a->arena);
        free(a->entries);
    }
    free(a);
}

enum err_code artist_open(const char *path, struct artist **ret_artist, struct err *e)
{
    struct csv *csv = NULL;
    struct artist *a = mem_alloc(sizeof(*a));
    enum err_code code = csv_open(path, &csv, e);
    if (code != ERR_OK) {
        goto out;
    }
    size_t name = csv_column(csv, "artist"), tags = csv_column(csv, "tags");
    if (name == SIZE_MAX || tags == SIZE_MAX) {
        code = err_set(e, ERR_FORMAT, "%s has no columns artist and tags", path);
        goto out;
    }
    int got = 0;
    while ((got = csv_next(csv, e)) > 0) {
        tags_add(a, csv_field(csv, name), csv_field(csv, tags));
    }
    if (got < 0) {
        code = err_wrap(e, "%s line %lld", path, (long long)csv_line(csv));
    }
out:
    csv_close(csv);
    if (code != ERR_OK) {
        artist_close(a);
        return code;
    }
    *ret_artist = a;
    return ERR_OK;
}

const char *artist_tags(const struct artist *a, uint64_t key)
{
    return a != NULL && a->n > 0 && entry_find(a, key)->key != 0 ? entry_find(a, key)->tags : "";
}
