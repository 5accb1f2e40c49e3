/* Any bytes as a person's genres.conf: refused with a sentence, or a tree that holds together. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "classifier/genre.h"
#include "classifier/tree.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds) {
        abort();
    }
}

static void check(const struct tree *t)
{
    const struct song song = {.id = "1",
                              .name = "a song",
                              .artists = "",
                              .album = "",
                              .label = "",
                              .tags = "swedish death metal; r&b",
                              .year = 1994,
                              .is_explicit = -1,
                              .stat_mask = 0xff};
    float p[TREE_MAX], threshold[TREE_MAX], out[TREE_MAX], at[TREE_MAX];
    unsigned char hit[TREE_MAX];
    size_t n = tree_n(t);
    require(n <= TREE_MAX && tree_given(t) <= n && tree_given(t) >= GENRE_N);
    for (size_t i = 0; i < n; i++) {
        const struct tree_genre *g = tree_at(t, i);
        p[i] = i % 7 == 6 ? NAN : (float)(i % 7) / 5.0F;
        threshold[i] = 0.5F;
        require(tree_find(t, g->name) == i && g->title[0] != '\0');
        require((g->rule != NULL) == (i >= tree_given(t)));
        require(g->merged_into == TREE_NONE ||
                (g->merged_into < tree_given(t) &&
                 tree_at(t, g->merged_into)->merged_into == TREE_NONE));
    }
    tree_tags(t, song.tags, hit);
    tree_song(t, &song, p, threshold, out, at);
    for (size_t i = 0; i < n; i++) {
        require(hit[i] <= 1 && at[i] >= 0.0F && at[i] <= 1.0F);
        require((out[i] >= 0.0F && out[i] <= 1.2F) || (isnan(out[i]) && i < tree_given(t)));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct tree *t = NULL;
    struct err e = {0};
    size_t near[3];
    enum err_code code = tree_read((const char *)data, size, &t, &e);
    require(code == ERR_OK || (code == ERR_CONFIG && e.text[0] != '\0' && t == NULL));
    if (code == ERR_OK) {
        check(t);
        require(tree_nearest(t, "dance", near) <= 3 && near[0] != near[1]);
    }
    tree_close(t);
    return 0;
}
