#include "classifier/source/tags.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "classifier/word.h"

#define NAME_MAX_BYTES 64
#define LIST_MAX       400 /* more would be no answer that a service gives */

struct tag {
    char name[NAME_MAX_BYTES];
    int64_t count;
};

/* What people write into tags to remember something, not to say what it is. */
static const char *const notes[] = {
    "albums i own",
    "all",
    "amazing",
    "awesome",
    "beautiful",
    "check out",
    "cool",
    "favorite",
    "favorites",
    "favourite",
    "favourites",

    "love",
    "love at first listen",
    "my music",
    "myspace",
    "need to rate",
    "overrated",
    "seen live",
    "spotify",
    "under 2000 listeners",
    "vinyl",
    "want to see live",
};

static bool is_note(const char *name)
{
    for (size_t i = 0; i < sizeof(notes) / sizeof(notes[0]); i++) {
        if (strcmp(notes[i], name) == 0)
            return true;
    }
    return false;
}

/* False for what is no name of a genre, or would break the list that it goes into. */
static bool name_take(const char *told, char out[NAME_MAX_BYTES])
{
    char lower[4 * NAME_MAX_BYTES];
    size_t len = 0;
    if (!told || !text_is_utf8(told, strlen(told)))
        return false;
    size_t n = word_lower(told, lower, sizeof(lower));
    if (n == 0 || n >= NAME_MAX_BYTES || strpbrk(lower, ";\n\r\t"))
        return false;
    const char *trimmed = text_trim(lower);
    const char *at = trimmed;
    if (!word_next(&at, &len) || is_note(trimmed))
        return false;
    return text_copy(out, NAME_MAX_BYTES, trimmed);
}

/* Counts come as numbers, and from some as text. */
static int64_t count_of(const struct json *tag)
{
    int64_t count = json_get_int(tag, "count", 0);
    const char *text = json_get_str(tag, "count");
    if (text && !text_to_int(text, 0, INT32_MAX, &count))
        count = 0;
    return count;
}

static int heavier_first(const void *a, const void *b)
{
    const struct tag *x = a;
    const struct tag *y = b;
    if (x->count != y->count)
        return x->count < y->count ? 1 : -1;
    return strcmp(x->name, y->name);
}

static size_t add_tag(const struct json *told, int64_t least, struct tag *tags, size_t n)
{
    struct tag *tag = &tags[n];
    tag->count = count_of(told);
    if (tag->count < least || !name_take(json_get_str(told, "name"), tag->name))
        return n;
    for (size_t i = 0; i < n; i++) {
        if (strcmp(tags[i].name, tag->name) == 0)
            return n;
    }
    return n + 1;
}

void tags_take(const struct json *list, int64_t least, struct arena *a, struct source_find *find)
{
    size_t most = json_is_array(list) ? json_size(list) : 1;
    size_t n = 0;
    if (most > LIST_MAX)
        most = LIST_MAX;
    struct tag *tags = arena_alloc(a, (most + 1) * sizeof(*tags));
    if (json_is_object(list))
        n = add_tag(list, least, tags, n);
    for (const struct json *t = json_is_array(list) ? json_first(list) : NULL; t && n < most;
         t = json_next(t))
        n = add_tag(t, least, tags, n);
    qsort(tags, n, sizeof(*tags), heavier_first);
    find->verdict = n ? SOURCE_KNOWN : SOURCE_ABSENT;
    find->tags = n ? tags[0].name : NULL;
    find->weights = n ? arena_printf(a, "%lld", (long long)tags[0].count) : NULL;
    for (size_t i = 1; i < n && i < TAGS_MAX; i++) {
        find->tags = arena_printf(a, "%s; %s", find->tags, tags[i].name);
        find->weights = arena_printf(a, "%s; %lld", find->weights, (long long)tags[i].count);
    }
}
