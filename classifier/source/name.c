#include "classifier/source/name.h"

#include <stddef.h>
#include <string.h>

#include "classifier/word.h"

#define FOLDED_MAX 256

/* The letters without their accents of U+00E0 to U+00FF, and of U+0100 to U+017F. */
static const char latin_1[] = "aaaaaaaceeeeiiiidnooooo-ouuuuyty";
static const char latin_a[] = "aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiiiiijjkkkllllllllll"
                              "nnnnnnnnnoooooooorrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs";

static uint32_t without_accent(uint32_t c)
{
    if (c >= 0xe0 && c <= 0xff)
        return (uint32_t)latin_1[c - 0xe0];
    if (c >= 0x100 && c <= 0x17f)
        return (uint32_t)latin_a[c - 0x100];
    return c;
}

static size_t word_add(const char *word, size_t n, char *out, size_t len)
{
    for (const char *at = word; at < word + n && len + 5 < FOLDED_MAX;)
        len += word_encode(without_accent(word_decode(&at)), out + len);
    out[len] = '\0';
    return len;
}

static void fold(const char *name, char out[FOLDED_MAX])
{
    char lower[FOLDED_MAX];
    size_t len = 0;
    size_t n = 0;
    const char *word = NULL;
    word_lower(name, lower, sizeof(lower));
    const char *at = lower;
    out[0] = '\0';
    while ((word = word_next(&at, &n)) != NULL) {
        if (n != 3 || memcmp(word, "the", 3) != 0)
            len = word_add(word, n, out, len);
    }
    if (len == 0)
        memcpy(out, lower, sizeof(lower));
}

bool name_equal(const char *a, const char *b)
{
    char folded_a[FOLDED_MAX];
    char folded_b[FOLDED_MAX];
    fold(a, folded_a);
    fold(b, folded_b);
    return strcmp(folded_a, folded_b) == 0;
}
