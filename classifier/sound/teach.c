#include "classifier/sound/teach.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/mem.h"
#include "classifier/layer.h"

struct teacher {
    const struct teach_options *o;
    const struct teach_rows *train;
    const struct teach_rows *check;
    struct stack *stack;
    struct rand_seq rand; /* order and parts of the rows */
    float *best;          /* parameters after the best epoch */
    double best_loss;
    size_t best_at;
    struct teach_epoch *curve;
    size_t epochs; /* done */
    float *x;      /* (batch, inputs) */
    float *dlogits;
    uint32_t *order; /* (train->n) */
};

/* --- checkpoints ----------------------------------------------------------------------------- */

#define MAGIC "genred training 1"

struct head {
    char magic[sizeof(MAGIC)];
    uint64_t seed;
    uint64_t rows;
    uint64_t params;
    uint64_t epochs;
    uint64_t best_at;
    double best_loss;
    int64_t steps;
    struct rand_seq rand;
    struct rand_seq dropped;
};

static enum err_code checkpoint_write(const struct teacher *t, struct err *e)
{
    const struct stack_state *st = stack_state(t->stack);
    const size_t bytes = st->n * sizeof(float);
    struct head head;
    memset(&head, 0, sizeof(head)); /* also what lies between its members */
    memcpy(head.magic, MAGIC, sizeof(MAGIC));
    head.seed = t->o->seed;
    head.rows = t->train->n;
    head.params = st->n;
    head.epochs = t->epochs;
    head.best_at = t->best_at;
    head.best_loss = t->best_loss;
    head.steps = st->steps;
    head.rand = t->rand;
    head.dropped = st->rand;
    struct buf b = {0};
    if (!t->o->checkpoint)
        return ERR_OK;
    buf_add(&b, (const char *)&head, sizeof(head));
    buf_add(&b, (const char *)t->curve, t->epochs * sizeof(*t->curve));
    buf_add(&b, (const char *)st->params, bytes);
    buf_add(&b, (const char *)st->moment1, bytes);
    buf_add(&b, (const char *)st->moment2, bytes);
    buf_add(&b, (const char *)t->best, bytes);
    enum err_code code = file_write(t->o->checkpoint, b.data, b.len, 0644, e);
    buf_free(&b);
    return code;
}

static const char *take(const char *from, void *to, size_t n)
{
    memcpy(to, from, n);
    return from + n;
}

static enum err_code checkpoint_take(struct teacher *t, const struct buf *b, struct err *e)
{
    struct stack_state *st = stack_state(t->stack);
    const size_t bytes = st->n * sizeof(float);
    struct head head;
    memset(&head, 0, sizeof(head));
    if (b->len >= sizeof(head))
        memcpy(&head, b->data, sizeof(head));
    if (memcmp(head.magic, MAGIC, sizeof(MAGIC)) != 0 || head.seed != t->o->seed ||
        head.rows != t->train->n || head.params != st->n || head.epochs == 0 ||
        head.epochs > (uint64_t)t->o->epochs || head.best_at >= head.epochs ||
        b->len != sizeof(head) + head.epochs * sizeof(*t->curve) + 4 * bytes)
        return err_set(e, ERR_FORMAT, "%s is no checkpoint of this training; remove it to begin",
                       t->o->checkpoint);
    t->epochs = head.epochs;
    t->best_at = head.best_at;
    t->best_loss = head.best_loss;
    t->rand = head.rand;
    st->steps = head.steps;
    st->rand = head.dropped;
    const char *at = take(b->data + sizeof(head), t->curve, t->epochs * sizeof(*t->curve));
    at = take(at, st->params, bytes);
    at = take(at, st->moment1, bytes);
    at = take(at, st->moment2, bytes);
    take(at, t->best, bytes);
    return ERR_OK;
}

static enum err_code checkpoint_read(struct teacher *t, struct err *e)
{
    struct buf b;
    if (!t->o->checkpoint || !file_exists(t->o->checkpoint))
        return ERR_OK;
    buf_init(&b, (size_t)1 << 30);
    enum err_code code = file_read(t->o->checkpoint, &b, e);
    if (code == ERR_OK)
        code = checkpoint_take(t, &b, e);
    buf_free(&b);
    return code;
}

/* --- one epoch ------------------------------------------------------------------------------- */

static void shuffle(struct teacher *t)
{
    for (size_t i = 0; i < t->train->n; i++)
        t->order[i] = (uint32_t)i;
    for (size_t i = t->train->n; i > 1; i--) {
        const size_t k = rand_below(&t->rand, i);
        const uint32_t other = t->order[k];
        t->order[k] = t->order[i - 1];
        t->order[i - 1] = other;
    }
}

/* Learns from rows first ... first + n - 1 of the order. Returns the sum of their losses. */
static double batch_learn(struct teacher *t, size_t first, size_t n, double rate)
{
    const size_t inputs = stack_inputs(t->stack), outputs = stack_outputs(t->stack);
    double loss = 0.0;
    for (size_t i = 0; i < n; i++)
        t->train->row(t->train->ctx, t->order[first + i], &t->rand, t->x + i * inputs);
    const float *logits = stack_forward(t->stack, t->x, n, true);
    for (size_t i = 0; i < n; i++)
        loss += layer_loss(logits + i * outputs, t->train->target + t->order[first + i] * outputs,
                           outputs, 1.0F / (float)n, t->dlogits + i * outputs);
    stack_backward(t->stack, t->dlogits);
    stack_update(t->stack, rate, t->o->decay);
    return loss;
}

static double loss_of(const float *probs, const struct teach_rows *rows, size_t outputs,
                      double *ret_right)
{
    double loss = 0.0;
    size_t right = 0;
    for (size_t i = 0; i < rows->n; i++) {
        const float *p = probs + i * outputs, *target = rows->target + i * outputs;
        size_t best = 0;
        for (size_t g = 0; g < outputs; g++) {
            const double sure = fmin(fmax((double)p[g], 1e-7), 1.0 - 1e-7);
            if (target[g] >= 0.0F)
                loss -= (double)target[g] * log(sure) + (1.0 - (double)target[g]) * log(1.0 - sure);
            best = p[g] > p[best] ? g : best;
        }
        right += target[best] > 0.5F;
    }
    *ret_right = (double)right / (double)rows->n;
    return loss / (double)(rows->n * outputs);
}

static struct teach_epoch epoch_run(struct teacher *t)
{
    const size_t n = t->train->n, outputs = stack_outputs(t->stack);
    const size_t batches = (n + t->o->batch - 1) / t->o->batch;
    struct teach_epoch epoch = {.epoch = (int64_t)t->epochs + 1};
    shuffle(t);
    for (size_t b = 0; b < batches; b++) {
        const size_t first = b * t->o->batch;
        const double done = (double)(t->epochs * batches + b) / (double)batches / t->o->epochs;
        const double rate = t->o->rate * 0.5 * (1.0 + cos(M_PI * done));
        epoch.train_loss +=
            batch_learn(t, first, n - first < t->o->batch ? n - first : t->o->batch, rate);
    }
    epoch.train_loss /= (double)(n * outputs);
    epoch.check_loss = epoch.train_loss;
    if (t->check->n > 0) {
        float *probs = mem_array(t->check->n * outputs, sizeof(*probs));
        teach_predict(t->stack, t->check, probs, NULL);
        epoch.check_loss = loss_of(probs, t->check, outputs, &epoch.check_right);
        free(probs);
    }
    return epoch;
}

/* --- the whole ------------------------------------------------------------------------------- */

static bool is_over(const struct teacher *t)
{
    const size_t since = t->epochs > 0 ? t->epochs - 1 - t->best_at : 0;
    return t->epochs == (size_t)t->o->epochs ||
           (t->o->patience > 0 && since >= (size_t)t->o->patience);
}

static enum err_code epochs_run(struct teacher *t, struct err *e)
{
    const struct stack_state *st = stack_state(t->stack);
    bool goes_on = true;
    while (goes_on && !is_over(t)) {
        const struct teach_epoch epoch = epoch_run(t);
        t->curve[t->epochs++] = epoch;
        if (t->epochs == 1 || epoch.check_loss < t->best_loss) {
            t->best_loss = epoch.check_loss;
            t->best_at = t->epochs - 1;
            memcpy(t->best, st->params, st->n * sizeof(float));
        }
        const enum err_code code = checkpoint_write(t, e);
        if (code)
            return code;
        goes_on = !t->o->told || t->o->told(t->o->ctx, &epoch);
    }
    memcpy(st->params, t->best, st->n * sizeof(float));
    return ERR_OK;
}

enum err_code teach_run(const struct teach_net *net, const struct teach_rows *train,
                        const struct teach_rows *check, const struct teach_options *o,
                        struct taught *ret, struct err *e)
{
    struct teacher t = {.o = o, .train = train, .check = check, .rand = {o->seed}};
    t.stack = stack_new(net->layers, net->n_layers, net->in, o->batch, o->seed + 1);
    t.best = mem_array(stack_state(t.stack)->n, sizeof(*t.best));
    t.curve = mem_array((size_t)o->epochs, sizeof(*t.curve));
    t.x = mem_array(o->batch * stack_inputs(t.stack), sizeof(*t.x));
    t.dlogits = mem_array(o->batch * stack_outputs(t.stack), sizeof(*t.dlogits));
    t.order = mem_array(train->n, sizeof(*t.order));
    enum err_code code = checkpoint_read(&t, e);
    if (code == ERR_OK)
        code = epochs_run(&t, e);
    free(t.order);
    free(t.dlogits);
    free(t.x);
    free(t.best);
    if (code) {
        stack_free(t.stack);
        free(t.curve);
        return code;
    }
    *ret =
        (struct taught){.stack = t.stack, .curve = t.curve, .epochs = t.epochs, .best = t.best_at};
    return ERR_OK;
}

void teach_free(struct taught *t)
{
    stack_free(t->stack);
    free(t->curve);
    *t = (struct taught){0};
}

void teach_predict(struct stack *s, const struct teach_rows *rows, float *probs, float *embedding)
{
    const size_t inputs = stack_inputs(s), outputs = stack_outputs(s), seen = stack_embedding(s);
    float *x = mem_array(inputs, sizeof(*x));
    for (size_t i = 0; i < rows->n; i++) {
        rows->row(rows->ctx, i, NULL, x);
        const float *logits = stack_forward(s, x, 1, false);
        for (size_t g = 0; g < outputs; g++)
            probs[i * outputs + g] = 1.0F / (1.0F + expf(-logits[g]));
        if (embedding)
            memcpy(embedding + i * seen, stack_seen(s), seen * sizeof(*embedding));
    }
    free(x);
}
