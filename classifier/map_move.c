#include "classifier/map_move.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/rand.h"

#define A        1.5769434F /* find_ab_params(1.0, 0.1): 1 / (1 + a d^2b) */
#define B        0.8950609F
#define NEGATIVE 5
#define STEP     4.0F /* no force is larger */
#define NEAREST  0.001F

/* When an edge is drawn next, in epochs. */
struct pace {
    uint32_t edge;
    float every;
    float next;
    float next_negative;
};

struct motion {
    const struct map_move *m;
    float *at;
    struct rand_seq rand;
    struct pace *paces; /* (n) */
    size_t n;
    float rate;
};

static void paces_make(struct motion *o)
{
    const struct map_move *m = o->m;
    float most = 0.0F;
    for (size_t i = 0; i < m->edges_n; i++) {
        most = fmaxf(most, m->edges[i].weight);
    }
    o->paces = mem_array(m->edges_n + 1, sizeof(*o->paces));
    for (size_t i = 0; i < m->edges_n; i++) {
        const float every = most / m->edges[i].weight;
        if (m->edges[i].weight > 0.0F && every <= (float)m->epochs) {
            o->paces[o->n++] = (struct pace){(uint32_t)i, every, every, every / NEGATIVE};
        }
    }
}

static float bounded(float force)
{
    return fmaxf(-STEP, fminf(STEP, force));
}

static bool is_held(const struct motion *o, size_t i)
{
    return o->m->held != NULL && o->m->held[i];
}

static void draw_near(struct motion *o, const struct map_graph_edge *edge)
{
    float *head = o->at + 2 * (size_t)edge->head, *tail = o->at + 2 * (size_t)edge->tail;
    const float dx = head[0] - tail[0], dy = head[1] - tail[1];
    const float square = dx * dx + dy * dy;
    if (square <= 0.0F) {
        return;
    }
    const float power = powf(square, B);
    const float force = -2.0F * A * B * power / (square * (A * power + 1.0F));
    const float x = o->rate * bounded(force * dx), y = o->rate * bounded(force * dy);
    head[0] += x;
    head[1] += y;
    if (!is_held(o, edge->tail)) {
        tail[0] -= x;
        tail[1] -= y;
    }
}

static void push_apart(struct motion *o, size_t i)
{
    const size_t other = (size_t)((rand_next(&o->rand) >> 32) * (uint64_t)o->m->n >> 32);
    float *head = o->at + 2 * i;
    const float dx = head[0] - o->at[2 * other], dy = head[1] - o->at[2 * other + 1];
    const float square = dx * dx + dy * dy;
    if (square <= 0.0F) {
        return;
    }
    const float force = 2.0F * B / ((NEAREST + square) * (A * powf(square, B) + 1.0F));
    head[0] += o->rate * bounded(force * dx);
    head[1] += o->rate * bounded(force * dy);
}

static void epoch_run(struct motion *o, float epoch)
{
    for (size_t i = 0; i < o->n; i++) {
        struct pace *p = &o->paces[i];
        if (p->next > epoch) {
            continue;
        }
        const struct map_graph_edge *edge = &o->m->edges[p->edge];
        const float every = p->every / NEGATIVE;
        if (!is_held(o, edge->head)) {
            draw_near(o, edge);
        }
        p->next += p->every;
        const int draws = (int)((epoch - p->next_negative) / every);
        for (int k = 0; k < draws && !is_held(o, edge->head); k++) {
            push_apart(o, edge->head);
        }
        p->next_negative += (float)draws * every;
    }
}

bool map_move_run(const struct map_move *m, float *at)
{
    struct motion o = {.m = m, .at = at, .rand = {m->seed}};
    bool going = true;
    paces_make(&o);
    for (unsigned epoch = 0; going && epoch < m->epochs; epoch++) {
        o.rate = m->rate * (1.0F - (float)epoch / (float)m->epochs);
        epoch_run(&o, (float)epoch);
        atomic_store(m->done, m->from + (m->to - m->from) * (epoch + 1) / m->epochs);
        going = !atomic_load(m->cancel);
    }
    free(o.paces);
    return going;
}
