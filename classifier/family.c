#include "classifier/family.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

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

/* What genre columns call families that the table of tags may not know. Blanks stand for '-' and
 * '_' too. */
static const struct {
    const char *label;
    const char *families;
} synonyms[] = {
    {"rap", "hip-hop"},
    {"hiphop", "hip-hop"},
    {"rap hip hop", "hip-hop"},
    {"hip hop rap", "hip-hop"},
    {"trap", "hip-hop"},
    {"r&b", "soul"},
    {"rnb", "soul"},
    {"r&b soul", "soul"},
    {"rhythm and blues", "soul"},
    {"urban contemporary", "soul"},
    {"edm", "electronic"},
    {"dance", "electronic"},
    {"dance electronic", "electronic"},
    {"electronic dance", "electronic"},
    {"electronica", "electronic"},
    {"house", "electronic"},
    {"techno", "electronic"},
    {"trance", "electronic"},
    {"tropical", "latin"},
    {"reggaeton", "latin"},
    {"alternative", "indie rock"},
    {"alternative rock", "indie rock"},
    {"hard rock", "rock"},
    {"permanent wave", "rock"},
    {"heavy metal", "metal"},
    {"disco", "funk-disco"},
    {"funk", "funk-disco"},
    {"k pop", "asian-pop"},
    {"kpop", "asian-pop"},
    {"j pop", "asian-pop"},
    {"jpop", "asian-pop"},
    {"anime", "asian-pop"},
    {"new age", "ambient"},
    {"classical music", "classical"},
    {"opera", "classical"},
    {"singer songwriter", "folk"},
    {"christian", "gospel"},
    {"ost", "soundtrack"},
    {"soundtracks", "soundtrack"},
    {"movie", "soundtrack"},
    {"comedy", "spoken"},
    {"speech", "spoken"},
    {"spoken word", "spoken"},
    {"world music", "world"},
    {"international", "world"},
};

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

void family_strengths(const struct family *f, const char *tags, float strength[GENRE_N])
{
    float told = 0.0F;
    memset(strength, 0, GENRE_N * sizeof(*strength));
    for (const char *s = tags; *s;) {
        size_t n = strcspn(s, ";");
        size_t skip = strspn(s, " ");
        uint32_t families = skip < n ? entry_find(f, tag_hash(s + skip, n - skip))->families : 0;
        told += families != 0 ? 1.0F : 0.0F;
        for (size_t g = 0; g < GENRE_N; g++) {
            strength[g] += families >> g & 1 ? 1.0F : 0.0F;
        }
        s += n + (s[n] == ';');
    }
    for (size_t g = 0; g < GENRE_N && told > 0.0F; g++) {
        strength[g] = fminf(1.0F, 2.0F * strength[g] / told);
    }
}

/* text (n bytes) in lower case with a blank for each '-', '_', '/' and ','. */
static void label_plain(const char *text, size_t n, char *out, size_t out_size)
{
    char name[64];
    n = n < sizeof(name) ? n : sizeof(name) - 1;
    memcpy(name, text, n);
    name[n] = '\0';
    word_lower(text_trim(name), out, out_size);
    for (char *p = out; (p = strpbrk(p, "-_/,"));) {
        *p = ' ';
    }
}

static uint32_t families_of_label(const struct family *f, const char *label, size_t n)
{
    uint32_t families = f != NULL ? entry_find(f, tag_hash(label, n))->families : 0;
    char plain[64], name[64];
    struct err e;
    label_plain(label, n, plain, sizeof(plain));
    for (size_t i = 0; i < GENRE_N && families == 0; i++) {
        label_plain(genre_name[i], strlen(genre_name[i]), name, sizeof(name));
        families = strcmp(plain, name) == 0 ? UINT32_C(1) << i : 0;
    }
    for (size_t i = 0; i < sizeof(synonyms) / sizeof(synonyms[0]) && families == 0; i++) {
        if (strcmp(plain, synonyms[i].label) == 0 &&
            families_parse(synonyms[i].families, &families, &e) != ERR_OK) {
            families = 0;
        }
    }
    return families;
}

uint32_t family_of_labels(const struct family *f, const char *labels)
{
    uint32_t families = 0;
    for (const char *s = labels; *s;) {
        size_t n = strcspn(s, ";");
        size_t skip = strspn(s, " ");
        if (skip < n) {
            families |= families_of_label(f, s + skip, n - skip);
        }
        s += n + (s[n] == ';');
    }
    return families;
}
