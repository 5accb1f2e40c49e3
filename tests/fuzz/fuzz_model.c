/* Any bytes as a model: refused with a sentence, or good for probabilities. */
#include <stdlib.h>
#include <string.h>

#include "classifier/model.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void label(const struct model *m)
{
    struct song song = {.id = "1",
                        .name = "a song",
                        .artists = "Foo; Bar",
                        .album = "B",
                        .label = "",
                        .tags = "jazz",
                        .stat_mask = 0xfff,
                        .stat = {0.5F, 0.5F, 5.0F, -5.0F, 1.0F}};
    float probs[MLP_GENRES_MAX];
    model_label(m, &song, 1, &(struct model_out){.probs = probs});
    for (size_t i = 0; i < model_genres(m); i++) {
        if (!(probs[i] >= 0.0F && probs[i] <= 1.0F)) {
            abort();
        }
        if (model_genre(m, i)[0] == '\0') {
            abort();
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct model *m = NULL;
    struct err e = {0};
    void *copy = malloc(size ? size : 1);
    if (!copy) {
        return 0;
    }
    memcpy(copy, data, size);
    enum err_code code = model_read(copy, size, &m, &e);
    if (code == ERR_OK) {
        label(m);
    } else if (e.text[0] == '\0') {
        abort();
    }
    model_close(m);
    free(copy);
    return 0;
}
