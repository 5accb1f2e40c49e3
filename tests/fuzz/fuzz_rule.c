/* Any text as a rule: refused with a sentence, or margins within bounds; negated, the negative one
 * where everything is known, and no yes where nothing is. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "classifier/rule.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static enum err_code genre(void *ctx, const char *name, size_t *ret_genre, struct err *e)
{
    (void)ctx;
    if (strcmp(name, "rock") != 0 && strcmp(name, "pop") != 0) {
        return err_set(e, ERR_CONFIG, "there is no genre \"%s\"", name);
    }
    *ret_genre = name[0] == 'p';
    return ERR_OK;
}

static float margin(const char *text, const struct song *song, float p)
{
    const float probs[2] = {p, p / 2.0F};
    const float threshold[2] = {0.5F, 0.25F};
    struct rule *r = NULL;
    struct err e = {0};
    enum err_code code = rule_parse(text, genre, NULL, &r, &e);
    if (code != ERR_OK) {
        if (code != ERR_CONFIG || e.text[0] == '\0' || r != NULL) {
            abort();
        }
        return -1.0F;
    }
    float m = rule_margin(r, song, probs, threshold);
    rule_free(r);
    if (!(m >= -0.5F && m <= 0.5F)) {
        abort();
    }
    return m;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct song full = {.id = "1",
                                     .name = "Ich bin nicht da",
                                     .artists = "",
                                     .album = "",
                                     .label = "",
                                     .tags = "rock",
                                     .year = 1994,
                                     .duration_ms = 1000,
                                     .stat_mask = (1U << SONG_STATS) - 1};
    static const struct song empty = {.id = "1",
                                      .name = "",
                                      .artists = "",
                                      .album = "",
                                      .label = "",
                                      .tags = "",
                                      .is_explicit = -1};
    char *text = malloc(size + 1);
    char *negated = malloc(size + 8);
    if (text == NULL || negated == NULL) {
        abort();
    }
    memcpy(text, data, size);
    text[size] = '\0';
    snprintf(negated, size + 8, "not (%s)", text);
    float yes = margin(text, &full, 0.7F);
    float no = margin(negated, &full, 0.7F);
    /* "a) or (b" is a rule only when negated, and a full rule has no room for the "not". */
    if (yes >= -0.5F && no >= -0.5F && yes != -no) {
        abort();
    }
    if (margin(text, &empty, NAN) > -0.5F) {
        abort();
    }
    free(text);
    free(negated);
    return 0;
}
