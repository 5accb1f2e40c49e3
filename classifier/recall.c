#include "classifier/recall.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "classifier/artist.h"
#include "classifier/near.h"

#define CHUNK 256
#define LOOK  (4 * RECALL_AT) /* as many of the query's artist may be among them */

static struct near *index_make(const float *places, size_t n, size_t dim)
{
    struct near *index = near_new(dim);
    for (size_t i = 0; i < n; i++) {
        near_add(index, places + i * dim);
    }
    return index;
}

/* What a query is asked in. */
struct ask {
    const uint32_t *list; /* (n) the playlist */
    size_t n;
    const uint64_t *artists; /* of all songs */
    unsigned char *wanted;   /* of all songs: whether it is in the playlist */
};

static double share_found(const struct ask *a, size_t query, const struct near_hit *hits, size_t n,
                          bool others)
{
    size_t wanted = 0, found = 0, seen = 0;
    for (size_t i = 0; i < a->n; i++) {
        bool mine = a->artists[a->list[i]] == a->artists[query];
        wanted += a->list[i] != query && !(others && mine);
    }
    for (size_t i = 0; i < n && seen < RECALL_AT; i++) {
        size_t item = hits[i].item;
        if (item == query || (others && a->artists[item] == a->artists[query])) {
            continue;
        }
        seen++;
        found += a->wanted[item];
    }
    wanted = wanted < RECALL_AT ? wanted : RECALL_AT;
    return wanted > 0 ? (double)found / (double)wanted : -1.0;
}

void recall_measure(const struct songs *songs, const struct playlists *playlists,
                    const float *places, size_t dim, struct recall *ret_recall)
{
    struct near *index = index_make(places, songs->n, dim);
    struct near_hit hits[LOOK];
    uint64_t *artists = mem_array(songs->n, sizeof(*artists));
    struct ask a = {.artists = artists, .wanted = mem_array(songs->n, 1)};
    double sum[2] = {0}, n[2] = {0};
    *ret_recall = (struct recall){.playlists = playlists->n};
    for (size_t i = 0; i < songs->n; i++) {
        artists[i] = artist_key(songs->at[i].artists);
    }
    for (size_t p = 0; p < playlists->n; p++) {
        a.list = playlists->songs + playlists->first[p];
        a.n = playlists->first[p + 1] - playlists->first[p];
        size_t queries = a.n < RECALL_QUERIES ? a.n : RECALL_QUERIES;
        for (size_t i = 0; i < a.n; i++) {
            a.wanted[a.list[i]] = 1;
        }
        for (size_t q = 0; q < queries; q++) {
            size_t query = a.list[q * a.n / queries];
            size_t got = near_search(index, places + query * dim, LOOK, hits);
            for (int others = 0; others < 2; others++) {
                double share = share_found(&a, query, hits, got, others);
                sum[others] += share >= 0.0 ? share : 0.0;
                n[others] += share >= 0.0;
            }
            ret_recall->queries++;
        }
        for (size_t i = 0; i < a.n; i++) {
            a.wanted[a.list[i]] = 0;
        }
    }
    ret_recall->all = n[0] > 0.0 ? sum[0] / n[0] : 0.0;
    ret_recall->others = n[1] > 0.0 ? sum[1] / n[1] : 0.0;
    near_free(index);
    free(artists);
    free(a.wanted);
}

void recall_statistics(const struct songs *songs, float *places)
{
    double mean[SONG_STATS] = {0}, square[SONG_STATS] = {0}, n[SONG_STATS] = {0};
    for (size_t i = 0; i < songs->n; i++) {
        for (size_t s = 0; s < SONG_STATS; s++) {
            if (songs->at[i].stat_mask >> s & 1) {
                mean[s] += (double)songs->at[i].stat[s];
                square[s] += (double)songs->at[i].stat[s] * (double)songs->at[i].stat[s];
                n[s] += 1.0;
            }
        }
    }
    for (size_t i = 0; i < songs->n; i++) {
        float *place = places + i * SONG_STATS, sum = 0.0F;
        for (size_t s = 0; s < SONG_STATS; s++) {
            double m = n[s] > 0.0 ? mean[s] / n[s] : 0.0;
            double deviation = n[s] > 0.0 ? sqrt(square[s] / n[s] - m * m) : 1.0;
            bool known = songs->at[i].stat_mask >> s & 1;
            place[s] = known ? (float)(((double)songs->at[i].stat[s] - m) / deviation) : 0.0F;
            sum += place[s] * place[s];
        }
        for (size_t s = 0; s < SONG_STATS && sum > 0.0F; s++) {
            place[s] /= sqrtf(sum);
        }
    }
}

void recall_places(const struct songs *songs, const struct model *m, float *places)
{
    float *probs = mem_array(CHUNK, model_genres(m) * sizeof(*probs));
    for (size_t i = 0; i < songs->n; i += CHUNK) {
        size_t n = songs->n - i < CHUNK ? songs->n - i : CHUNK;
        model_label(m, songs->at + i, n,
                    &(struct model_out){.probs = probs, .places = places + i * model_space(m)});
    }
    free(probs);
}

static void row_print(const char *name, const struct recall *r, FILE *out)
{
    fprintf(out, "%-42s %10.4f %18.4f\n", name, r->all, r->others);
}

enum err_code recall_run(const char *const *data, size_t n, const char *playlists,
                         const char *model, FILE *out, struct err *e)
{
    struct songs songs = {0};
    struct playlists held = {0};
    struct model *m = NULL;
    struct recall statistics, ours;
    enum err_code code = model_open(model, &m, e);
    if (code == ERR_OK) {
        code = songs_load(&songs, data, n, false, e);
    }
    if (code == ERR_OK) {
        code = playlists_load(&held, playlists, &songs, PLAYLISTS_HOLD, e);
    }
    if (code == ERR_OK) {
        float *places = mem_array(songs.n, NEAR_DIM_MAX * sizeof(*places));
        recall_statistics(&songs, places);
        recall_measure(&songs, &held, places, SONG_STATS, &statistics);
        recall_places(&songs, m, places);
        recall_measure(&songs, &held, places, model_space(m), &ours);
        free(places);
        fprintf(out, "%zu held-out playlists, %zu queries among %zu songs\n\n", ours.playlists,
                ours.queries, songs.n);
        fprintf(out, "%-42s %10s %18s\n", "closeness", "recall@100", "of other artists");
        row_print("standardised statistics, cosine", &statistics, out);
        row_print("the model's space, cosine", &ours, out);
        fprintf(out, "%-42s %10.2f %18.2f\n", "ratio", ours.all / statistics.all,
                ours.others / statistics.others);
    }
    playlists_free(&held);
    songs_free(&songs);
    model_close(m);
    return code;
}
