#include "classifier/phrase.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "classifier/word.h"

enum { TAG_SIZE = 256, TAG_WORDS = 32 };

#define NO_LINK UINT32_MAX

struct entry {
    uint64_t phrase; /* 0: free */
    uint32_t first;  /* of its links */
};

struct link {
    uint32_t next;
    uint16_t value;
    bool against;
};

/* Open addressing; cap is a power of two, at most half of it in use. */
struct phrase_table {
    struct entry *entries;
    struct link *links;
    size_t n; /* entries in use */
    size_t cap;
    size_t links_n;
    size_t links_cap;
};

/* The words that only join others. */
static bool is_joint(const char *word, size_t n)
{
    return (n == 1 && word[0] == 'n') || (n == 3 && memcmp(word, "and", 3) == 0);
}

/* Hashes of the words of tag[0..n), at most TAG_WORDS. */
static size_t words_read(const char *tag, size_t n, uint64_t words[TAG_WORDS])
{
    char text[TAG_SIZE];
    char lower[2 * TAG_SIZE]; /* a lower case may be longer */
    n = n < sizeof(text) ? n : sizeof(text) - 1;
    memcpy(text, tag, n);
    text[n] = '\0';
    word_lower(text, lower, sizeof(lower));
    const char *at = lower;
    const char *word;
    size_t len, count = 0;
    while (count < TAG_WORDS && (word = word_next(&at, &len)) != NULL) {
        if (!is_joint(word, len)) {
            words[count++] = text_hash(word, len, TEXT_HASH_START);
        }
    }
    return count;
}

/* Hash of a run of words, from that of the run without its last word (TEXT_HASH_START: none). */
static uint64_t run_extend(uint64_t run, uint64_t word)
{
    run = (run ^ word) * UINT64_C(0x9e3779b97f4a7c15);
    run ^= run >> 29;
    return run ? run : 1;
}

/* The next tag at *tags, which moves behind it; NULL at the end. */
static const char *tag_next(const char **tags, size_t *ret_len)
{
    const char *tag = *tags;
    if (*tag == '\0') {
        return NULL;
    }
    *ret_len = strcspn(tag, ";");
    *tags = tag + *ret_len + (tag[*ret_len] == ';');
    return tag;
}

uint64_t phrase_hash(const char *text)
{
    uint64_t words[TAG_WORDS];
    size_t n = words_read(text, strlen(text), words);
    if (n == 0 || n > PHRASE_WORDS) {
        return 0;
    }
    uint64_t run = TEXT_HASH_START;
    for (size_t i = 0; i < n; i++) {
        run = run_extend(run, words[i]);
    }
    return run;
}

static bool words_have(const uint64_t *words, size_t n, uint64_t phrase)
{
    for (size_t i = 0; i < n; i++) {
        uint64_t run = TEXT_HASH_START;
        for (size_t j = i; j < n && j < i + PHRASE_WORDS; j++) {
            run = run_extend(run, words[j]);
            if (run == phrase) {
                return true;
            }
        }
    }
    return false;
}

bool phrase_in(const char *tags, uint64_t phrase)
{
    size_t len;
    for (const char *tag; (tag = tag_next(&tags, &len)) != NULL;) {
        uint64_t words[TAG_WORDS];
        if (words_have(words, words_read(tag, len, words), phrase)) {
            return true;
        }
    }
    return false;
}

struct phrase_table *phrase_new(void)
{
    struct phrase_table *t = mem_alloc(sizeof(*t));
    t->cap = 256;
    t->entries = mem_array(t->cap, sizeof(*t->entries));
    return t;
}

void phrase_free(struct phrase_table *t)
{
    if (t != NULL) {
        free(t->entries);
        free(t->links);
        free(t);
    }
}

static struct entry *entry_find(const struct phrase_table *t, uint64_t phrase)
{
    size_t i = (size_t)(phrase >> 20) & (t->cap - 1);
    while (t->entries[i].phrase != 0 && t->entries[i].phrase != phrase) {
        i = (i + 1) & (t->cap - 1);
    }
    return &t->entries[i];
}

static void table_grow(struct phrase_table *t)
{
    struct phrase_table bigger = *t;
    bigger.cap = 2 * t->cap;
    bigger.entries = mem_array(bigger.cap, sizeof(*bigger.entries));
    for (size_t i = 0; i < t->cap; i++) {
        if (t->entries[i].phrase != 0) {
            *entry_find(&bigger, t->entries[i].phrase) = t->entries[i];
        }
    }
    free(t->entries);
    *t = bigger;
}

void phrase_add(struct phrase_table *t, uint64_t phrase, size_t value, bool against)
{
    if (2 * (t->n + 1) > t->cap) {
        table_grow(t);
    }
    if (t->links_n == t->links_cap) {
        t->links_cap = t->links_cap ? 2 * t->links_cap : 256;
        t->links = mem_resize(t->links, t->links_cap, sizeof(*t->links));
    }
    struct entry *entry = entry_find(t, phrase);
    if (entry->phrase == 0) {
        *entry = (struct entry){.phrase = phrase, .first = NO_LINK};
        t->n++;
    }
    t->links[t->links_n] =
        (struct link){.next = entry->first, .value = (uint16_t)value, .against = against};
    entry->first = (uint32_t)t->links_n++;
}

static void bit_set(uint64_t *bits, size_t i)
{
    bits[i / 64] |= UINT64_C(1) << (i % 64);
}

static void links_take(const struct phrase_table *t, uint64_t run, uint64_t *yes, uint64_t *no)
{
    const struct entry *entry = entry_find(t, run);
    if (entry->phrase == 0) {
        return;
    }
    for (uint32_t i = entry->first; i != NO_LINK; i = t->links[i].next) {
        bit_set(t->links[i].against ? no : yes, t->links[i].value);
    }
}

void phrase_find(const struct phrase_table *t, const char *tags, unsigned char *hit, size_t n)
{
    uint64_t all[PHRASE_VALUES / 64] = {0};
    size_t len;
    for (const char *tag; (tag = tag_next(&tags, &len)) != NULL;) {
        uint64_t words[TAG_WORDS];
        uint64_t yes[PHRASE_VALUES / 64] = {0};
        uint64_t no[PHRASE_VALUES / 64] = {0};
        size_t count = words_read(tag, len, words);
        for (size_t i = 0; i < count; i++) {
            uint64_t run = TEXT_HASH_START;
            for (size_t j = i; j < count && j < i + PHRASE_WORDS; j++) {
                run = run_extend(run, words[j]);
                links_take(t, run, yes, no);
            }
        }
        for (size_t i = 0; i < PHRASE_VALUES / 64; i++) {
            all[i] |= yes[i] & ~no[i];
        }
    }
    for (size_t i = 0; i < n; i++) {
        hit[i] = i < PHRASE_VALUES && (all[i / 64] >> (i % 64) & 1) != 0;
    }
}
