#include "classifier/space.h"

#include <stdlib.h>

#include "base/mem.h"
#include "classifier/playlists.h"
#include "classifier/project.h"
#include "classifier/songs.h"

/* hidden: (n, mlp_hidden) */
static void hidden_make(const struct mlp *m, const struct songs *songs, float *hidden)
{
    float x[MLP_BLOCK * MLP_INPUT_MAX];
    float logits[MLP_BLOCK * MLP_GENRES_MAX];
    const size_t input = mlp_input(&m->shape), width = mlp_hidden(&m->shape);
    struct vector *v = mem_alloc(sizeof(*v));
    for (size_t i = 0; i < songs->n; i += MLP_BLOCK) {
        size_t n = songs->n - i < MLP_BLOCK ? songs->n - i : MLP_BLOCK;
        for (size_t k = 0; k < n; k++) {
            vector_make(&songs->at[i + k], v);
            if ((i + k) % 2 == 1) {
                vector_drop_group(v, VECTOR_TAG);
            }
            mlp_encode(m, v, x + k * input);
        }
        mlp_forward(m, x, n, logits, hidden + i * width);
    }
    free(v);
}

enum err_code space_fit(const struct mlp *m, const struct space_sources *sources, uint64_t seed,
                        float *projection, struct err *e)
{
    struct songs songs = {0};
    struct playlists together = {0};
    enum err_code code = songs_load(&songs, sources->data, sources->data_n, true, e);
    if (code == ERR_OK && sources->playlists != NULL) {
        code = playlists_load(&together, sources->playlists, &songs, PLAYLISTS_LEARN, e);
    } else if (code == ERR_OK) {
        playlists_of_artists(&together, &songs);
    }
    if (code == ERR_OK) {
        float *hidden = mem_array(songs.n, mlp_hidden(&m->shape) * sizeof(*hidden));
        hidden_make(m, &songs, hidden);
        project_fit(hidden, mlp_hidden(&m->shape), m->shape.space, &together, seed, projection);
        free(hidden);
    }
    playlists_free(&together);
    songs_free(&songs);
    return code;
}
