#include "classifier/family.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/csv.h"
#include "base/mem.h"
#include "base/text.h"
#include "classifier/genre.h"
#include "classifier/word.h"

struct entry {
    uint64_t hash; /* of the tag; 0: free */
    uint32_t families;
};

/* Open addressing; cap is a power of two and never full. */
struct family {
    struct entry *entries;
    size_t n;
    size_t cap;
};

static uint64_t tag_hash(const char *tag, size_t n)
{
    char name[256];
    char lower[256];
    n = n < sizeof(name) ? n : sizeof(name) - 1;
    memcpy(name, tag, n);
    name[n] = '\0';
    uint64_t hash = text_hash(lower, word_lower(name, lower, sizeof(lower)), TEXT_HASH_START);
    return hash ? hash : 1;
}

static struct entry *entry_find(const struct family *f, uint64_t hash)
{
    size_t i = (size_t)(hash >> 20) & (f->cap - 1);
    while (f->entries[i].hash != 0 && f->entries[i].hash != hash) {
        i = (i + 1) & (f->cap - 1);
    }
    return &f->entries[i];
}

static void entry_add(struct family *f, uint64_t hash, uint32_t families)
{
    if (2 * (f->n + 1) > f->cap) {
        struct family bigger = {.cap = f->cap ? 2 * f->cap : 1024, .n = f->n};
        bigger.entries = mem_array(bigger.cap, sizeof(*bigger.entries));
        for (size_t i = 0; i < f->cap; i++) {
            if (f->entries[i].hash != 0) {
                *entry_find(&bigger, f->entries[i].hash) = f->entries[i];
            }
        }
        free(f->entries);
        *f = bigger;
    }
    struct entry *entry = entry_find(f, hash);
    f->n += entry->hash == 0;
    entry->hash = hash;
    entry->families |= families;
}

static enum err_code families_parse(const char *text, uint32_t *ret_families, struct err *e)
{
    uint32_t families = 0;
    for (const char *s = text + strspn(text, " "); *s; s += strspn(s, " ")) {
        char name[32];
        size_t n = strcspn(s, " ");
        size_t copied = n < sizeof(name) ? n : sizeof(name) - 1;
        memcpy(name, s, copied);
        name[copied] = '\0';
        size_t genre = genre_find(name);
        if (genre == GENRE_NONE) {
            return err_set(e, ERR_FORMAT, "\"%s\" is no genre family", name);
        }
        families |= UINT32_C(1) << genre;
        s += n;
    }
    *ret_families = families;
    return ERR_OK;
}

enum err_code family_open(const char *path, struct family **ret_family, struct err *e)
{
    struct csv *csv = NULL;
    struct family *f = mem_alloc(sizeof(*f));
    enum err_code code = csv_open(path, &csv, e);
    if (code != ERR_OK) {
        goto out;
    }
    size_t tag = csv_column(csv, "tag"), families = csv_column(csv, "families");
    if (tag == SIZE_MAX || families == SIZE_MAX) {
        code = err_set(e, ERR_FORMAT, "%s has no columns tag and families", path);
        goto out;
    }
    int got = 0;
    while (code == ERR_OK && (got = csv_next(csv, e)) > 0) {
        const char *name = csv_field(csv, tag);
        uint32_t bits = 0;
        code = families_parse(csv_field(csv, families), &bits, e);
        if (code == ERR_OK && bits != 0) {
            entry_add(f, tag_hash(name, strlen(name)), bits);
        }
    }
    if (code != ERR_OK || got < 0) {
        code = err_wrap(e, "%s line %lld", path, (long long)csv_line(csv));
    } else if (f->n == 0) {
        code = err_set(e, ERR_FORMAT, "%s maps no tag to a genre family", path);
    }
out:
    csv_close(csv);
    if (code != ERR_OK) {
        family_close(f);
        return code;
    }
    *ret_family = f;
    return ERR_OK;
}

void family_close(struct family *f)
{
    if (f) {
        free(f->entries);
        free(f);
    }
}

uint32_t family_of_tags(const struct family *f, const char *tags)
{
    uint32_t families = 0;
    for (const char *s = tags; *s;) {
        size_t n = strcspn(s, ";");
        size_t skip = strspn(s, " ");
        if (skip < n) {
            families |= entry_find(f, tag_hash(s + skip, n - skip))->families;
        }
        s += n + (s[n] == ';');
    }
    return families;
}

/* Other words for families; tags are in the table. */
static uint32_t synonym_find(const char *name, size_t n)
{
    static const struct {
        const char *word;
        const char *family;
    } words[] = {{"hiphop", "hip-hop"},   {"hip hop", "hip-hop"}, {"rap", "hip-hop"},
                 {"edm", "electronic"},   {"r&b", "soul"},        {"rnb", "soul"},
                 {"alternative", "indie"}};
    char text[64];
    snprintf(text, sizeof(text), "%.*s", (int)(n < sizeof(text) ? n : sizeof(text) - 1), name);
    size_t genre = genre_find(text);
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]) && genre == GENRE_NONE; i++) {
        genre = strcasecmp(text, words[i].word) == 0 ? genre_find(words[i].family) : GENRE_NONE;
    }
    return genre == GENRE_NONE ? 0 : UINT32_C(1) << genre;
}

uint32_t family_of_genres(const struct family *f, const char *genres)
{
    uint32_t families = 0;
    for (const char *s = genres; *s;) {
        size_t n = strcspn(s, ";");
        size_t skip = strspn(s, " ");
        if (skip < n) {
            uint32_t found = synonym_find(s + skip, n - skip);
            families |= found ? found : entry_find(f, tag_hash(s + skip, n - skip))->families;
        }
        s += n + (s[n] == ';');
    }
    return families;
}
