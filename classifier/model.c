#include "classifier/model.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "classifier/genre.h"

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "the model file is mapped as it is: little-endian machines only"
#endif

#define MODEL_MAX ((size_t)256 << 20)

/* From classifier/model/shipped.S. */
extern const unsigned char model_shipped_begin[];
extern const unsigned char model_shipped_end[];

struct header {
    char magic[8];
    uint32_t version;
    uint32_t header_bytes;
    uint64_t file_bytes;
    uint64_t checksum;
    struct mlp_shape shape;
    uint32_t numbers; /* N and the number of groups, so that another vector.h is found out */
    uint32_t zero[3];
};

_Static_assert(sizeof(struct header) == 80, "the header is 80 bytes");

static const char magic[8] = {'g', 'e', 'n', 'r', 'e', 'd', 'm', 'l'};

#define MODEL_NUMBERS                                                                              \
    ((uint32_t)VECTOR_GROUPS << 16 | (uint32_t)VECTOR_SMOOTH << 8 | VECTOR_NUMBERS)

struct model {
    const unsigned char *bytes;
    size_t n;
    bool mapped; /* by us */
    char id[17];
    const char *names; /* (G, MODEL_NAME_SIZE) */
    struct mlp mlp;
};

/* Number of floats of each array, in the file's order. */
enum { ARRAYS = 12 };

static void array_sizes(const struct mlp_shape *s, size_t sizes[ARRAYS])
{
    const size_t t = s->towers;
    sizes[0] = VECTOR_NUMBERS;
    sizes[1] = VECTOR_NUMBERS;
    sizes[2] = (size_t)VECTOR_SMOOTH * (s->pieces + 1);
    sizes[3] = mlp_input(s) * t * s->hidden1;
    sizes[4] = t * s->hidden1;
    sizes[5] = t * s->hidden1 * s->hidden2;
    sizes[6] = t * s->hidden2;
    sizes[7] = t * s->hidden2 * s->genres;
    sizes[8] = t * s->genres;
    sizes[9] = (size_t)MLP_REGIMES * 2 * s->genres;
    sizes[10] = (size_t)MLP_REGIMES * s->genres;
    sizes[11] = t * s->hidden2 * s->space;
}

static bool shape_fits(const struct mlp_shape *s)
{
    return s->genres >= 1 && s->genres <= MLP_GENRES_MAX && s->towers >= 1 &&
           s->towers <= MLP_TOWERS_MAX && s->hidden1 >= 1 && s->hidden1 <= MLP_WIDTH_MAX &&
           s->hidden2 >= 1 && s->hidden2 <= MLP_WIDTH_MAX &&
           (size_t)s->towers * s->hidden1 <= MLP_WIDTH_MAX && s->dim >= 4 &&
           s->dim <= MLP_DIM_MAX && s->dim % 4 == 0 && s->pieces >= 1 &&
           s->pieces <= MLP_PIECES_MAX && s->slots >= 1 && s->slots <= MLP_SLOTS_MAX &&
           mlp_input(s) <= MLP_INPUT_MAX && (size_t)s->towers * s->hidden2 <= MLP_WIDTH_MAX &&
           s->space >= 1 && s->space <= MLP_SPACE_MAX;
}

static size_t file_size(const struct mlp_shape *s)
{
    size_t sizes[ARRAYS], floats = 0;
    array_sizes(s, sizes);
    for (size_t i = 0; i < ARRAYS; i++) {
        floats += sizes[i];
    }
    return sizeof(struct header) + (size_t)s->genres * MODEL_NAME_SIZE + floats * sizeof(float) +
           s->slots * mlp_slot_bytes(s);
}

/* FNV-1a over words of four bytes instead of bytes, in four lanes: every step is a bijection of its
 * lane, so that any one damaged word is found. n is a multiple of 4; the field at offset 24 counts
 * as zero. */
static uint64_t checksum_make(const unsigned char *p, size_t n)
{
    const uint64_t prime = UINT64_C(0x100000001b3);
    uint64_t lane[4] = {UINT64_C(0xcbf29ce484222325), 1, 2, 3};
    for (size_t i = 0; i < n / 4; i++) {
        uint32_t word;
        memcpy(&word, p + 4 * i, sizeof(word));
        word = i == 6 || i == 7 ? 0 : word;
        lane[i % 4] = (lane[i % 4] ^ word) * prime;
    }
    uint64_t sum = n;
    for (size_t i = 0; i < 4; i++) {
        sum = (sum ^ lane[i]) * prime;
        sum ^= sum >> 32;
    }
    return sum;
}

static enum err_code header_check(const struct header *h, size_t n, struct err *e)
{
    if (n < sizeof(*h) || memcmp(h->magic, magic, sizeof(magic)) != 0) {
        return err_set(e, ERR_FORMAT, "this is no model of genred");
    }
    if (h->version > MODEL_VERSION) {
        return err_set(e, ERR_FORMAT, "the model is of version %u, newer than this program knows",
                       (unsigned)h->version);
    }
    if (h->version != MODEL_VERSION || h->header_bytes != sizeof(*h) ||
        h->numbers != MODEL_NUMBERS || !shape_fits(&h->shape) ||
        h->file_bytes != file_size(&h->shape)) {
        return err_set(e, ERR_FORMAT, "the model is damaged: its header makes no sense");
    }
    if (h->file_bytes != n) {
        return err_set(e, ERR_FORMAT, "the model is %s: %zu bytes of %zu",
                       n < h->file_bytes ? "truncated" : "damaged", n, (size_t)h->file_bytes);
    }
    return ERR_OK;
}

static bool names_fit(const char *names, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const char *name = names + i * MODEL_NAME_SIZE;
        size_t len = strnlen(name, MODEL_NAME_SIZE);
        if (len == 0 || len == MODEL_NAME_SIZE) {
            return false;
        }
        for (size_t k = 0; k < len; k++) {
            if (name[k] < '!' || name[k] > '~') {
                return false;
            }
        }
    }
    return true;
}

/* Of finite size, so that no sum of a song overflows; a checksum can be forged. */
static bool floats_fit(const float *x, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (!(x[i] >= -1e6F && x[i] <= 1e6F)) {
            return false;
        }
    }
    return true;
}

static bool table_fits(const struct mlp *m)
{
    for (size_t i = 0; i < m->shape.slots; i++) {
        struct mlp_slot slot;
        memcpy(&slot, m->table + i * mlp_slot_bytes(&m->shape), sizeof(slot));
        if (!(slot.scale >= 0.0F && slot.scale <= 1e3F)) {
            return false;
        }
    }
    return true;
}

/* Points the arrays into the bytes, whose size was checked against the shape. */
static bool arrays_set(struct model *m)
{
    struct mlp *p = &m->mlp;
    const float **arrays[ARRAYS] = {&p->mean, &p->scale,       &p->knots,     &p->w1,
                                    &p->b1,   &p->w2,          &p->b2,        &p->w3,
                                    &p->b3,   &p->calibration, &p->threshold, &p->projection};
    size_t sizes[ARRAYS];
    array_sizes(&p->shape, sizes);
    m->names = (const char *)(m->bytes + sizeof(struct header));
    const unsigned char *at =
        m->bytes + sizeof(struct header) + (size_t)p->shape.genres * MODEL_NAME_SIZE;
    bool fits = names_fit(m->names, p->shape.genres);
    for (size_t i = 0; i < ARRAYS; i++) {
        *arrays[i] = (const float *)(const void *)at;
        fits = fits && floats_fit(*arrays[i], sizes[i]);
        at += sizes[i] * sizeof(float);
    }
    p->table = at;
    return fits && table_fits(p);
}

enum err_code model_read(const void *p, size_t n, struct model **ret_model, struct err *e)
{
    struct header h = {0};
    if (n > 0) {
        memcpy(&h, p, n < sizeof(h) ? n : sizeof(h));
    }
    enum err_code code = header_check(&h, n, e);
    if (code != ERR_OK) {
        return code;
    }
    if ((uintptr_t)p % sizeof(float) != 0) {
        return err_set(e, ERR_BUG, "the model lies at an odd address");
    }
    if (checksum_make(p, n) != h.checksum) {
        return err_set(e, ERR_FORMAT, "the model is damaged: its checksum is wrong");
    }
    struct model *m = mem_alloc(sizeof(*m));
    m->bytes = p;
    m->n = n;
    m->mlp.shape = h.shape;
    snprintf(m->id, sizeof(m->id), "%016llx", (unsigned long long)h.checksum);
    if (!arrays_set(m)) {
        free(m);
        return err_set(e, ERR_FORMAT, "the model is damaged: it holds impossible values");
    }
    *ret_model = m;
    return ERR_OK;
}

static enum err_code map_file(const char *path, void **ret_p, size_t *ret_n, struct err *e)
{
    enum err_code code = ERR_OK;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct stat st;
    if (fd < 0 || fstat(fd, &st) != 0) {
        code = err_set(e, ERR_IO, "cannot read the model %s: %s", path, strerror(errno));
        goto out;
    }
    if (!S_ISREG(st.st_mode) || st.st_size < (off_t)sizeof(struct header) ||
        st.st_size > (off_t)MODEL_MAX) {
        code = err_set(e, ERR_FORMAT, "%s: this is no model of genred", path);
        goto out;
    }
    void *p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (p == MAP_FAILED) {
        code = err_set(e, ERR_IO, "cannot map the model %s: %s", path, strerror(errno));
        goto out;
    }
    *ret_p = p;
    *ret_n = (size_t)st.st_size;
out:
    if (fd >= 0) {
        close(fd);
    }
    return code;
}

enum err_code model_open(const char *path, struct model **ret_model, struct err *e)
{
    if (!path) {
        /* cppcheck-suppress comparePointers ; one section, two labels */
        size_t n = (size_t)(model_shipped_end - model_shipped_begin);
        enum err_code code = model_read(model_shipped_begin, n, ret_model, e);
        return code == ERR_OK ? code : err_wrap(e, "the shipped model");
    }
    void *p = NULL;
    size_t n = 0;
    enum err_code code = map_file(path, &p, &n, e);
    if (code != ERR_OK) {
        return code;
    }
    struct model *m = NULL;
    code = model_read(p, n, &m, e);
    if (code != ERR_OK) {
        munmap(p, n);
        return err_wrap(e, "%s", path);
    }
    assert(m != NULL);
    m->mapped = true;
    *ret_model = m;
    return ERR_OK;
}

void model_close(struct model *m)
{
    if (m && m->mapped) {
        /* The bytes are ours: mapped writable by nobody, so that const goes only here. */
        munmap((void *)(uintptr_t)m->bytes, m->n);
    }
    free(m);
}

const char *model_id(const struct model *m)
{
    return m->id;
}

size_t model_genres(const struct model *m)
{
    return m->mlp.shape.genres;
}

const char *model_genre(const struct model *m, size_t i)
{
    return i < m->mlp.shape.genres ? m->names + i * MODEL_NAME_SIZE : NULL;
}

const struct mlp *model_mlp(const struct model *m)
{
    return &m->mlp;
}

size_t model_space(const struct model *m)
{
    return m->mlp.shape.space;
}

size_t model_find(const struct model *m, const char *name)
{
    for (size_t i = 0; i < m->mlp.shape.genres; i++) {
        if (strcmp(m->names + i * MODEL_NAME_SIZE, name) == 0) {
            return i;
        }
    }
    return GENRE_NONE;
}

float model_threshold(const struct model *m, unsigned regime, size_t genre)
{
    return m->mlp.threshold[regime * m->mlp.shape.genres + genre];
}

static unsigned regime_of(const struct vector *v)
{
    return (v->known & VECTOR_STATISTICS ? MLP_STATISTICS : 0U) |
           (v->tokens[VECTOR_TAG] > 0 ? MLP_TAGS : 0U) |
           (v->tokens[VECTOR_LABEL] > 0 ? MLP_LABEL : 0U);
}

void model_run(const struct model *m, const struct vector *vectors, size_t n, float *logits,
               float *places)
{
    float x[MLP_BLOCK * MLP_INPUT_MAX];
    float hidden[MLP_BLOCK * MLP_WIDTH_MAX];
    const size_t input = mlp_input(&m->mlp.shape), genres = m->mlp.shape.genres;
    for (size_t i = 0; i < n; i += MLP_BLOCK) {
        size_t block = n - i < MLP_BLOCK ? n - i : MLP_BLOCK;
        for (size_t k = 0; k < block; k++) {
            mlp_encode(&m->mlp, &vectors[i + k], x + k * input);
        }
        mlp_forward(&m->mlp, x, block, logits + i * genres, hidden);
        for (size_t k = 0; k < block; k++) {
            mlp_calibrate(&m->mlp, regime_of(&vectors[i + k]), logits + (i + k) * genres);
        }
        if (places != NULL) {
            mlp_place(&m->mlp, hidden, block, places + i * m->mlp.shape.space);
        }
    }
}

static void probabilities_make(float *values, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        values[i] = mlp_probability(values[i]);
    }
}

void model_label(const struct model *m, const struct song *songs, size_t n,
                 const struct model_out *out)
{
    struct vector block[MLP_BLOCK];
    for (size_t i = 0; i < n; i += MLP_BLOCK) {
        size_t rows = n - i < MLP_BLOCK ? n - i : MLP_BLOCK;
        for (size_t k = 0; k < rows; k++) {
            vector_make(&songs[i + k], &block[k]);
            if (out->regime != NULL) {
                out->regime[i + k] = (unsigned char)regime_of(&block[k]);
            }
        }
        model_run(m, block, rows, out->probs + i * m->mlp.shape.genres,
                  out->places != NULL ? out->places + i * m->mlp.shape.space : NULL);
    }
    probabilities_make(out->probs, n * m->mlp.shape.genres);
}

void model_label_vectors(const struct model *m, const struct vector *vectors, size_t n,
                         float *probs)
{
    model_run(m, vectors, n, probs, NULL);
    probabilities_make(probs, n * m->mlp.shape.genres);
}

void model_release_memory(const struct model *m)
{
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    uintptr_t from = ((uintptr_t)m->bytes + page - 1) / page * page;
    uintptr_t to = ((uintptr_t)m->bytes + m->n) / page * page;
    if (from < to) {
        (void)madvise((void *)from, to - from, MADV_DONTNEED);
    }
}

bool model_pack(const struct mlp *mlp, const char *const *names, struct buf *b)
{
    const float *const arrays[ARRAYS] = {
        mlp->mean, mlp->scale, mlp->knots, mlp->w1,          mlp->b1,        mlp->w2,
        mlp->b2,   mlp->w3,    mlp->b3,    mlp->calibration, mlp->threshold, mlp->projection};
    size_t sizes[ARRAYS], start = b->len;
    struct header h = {.version = MODEL_VERSION,
                       .header_bytes = sizeof(h),
                       .file_bytes = file_size(&mlp->shape),
                       .shape = mlp->shape,
                       .numbers = MODEL_NUMBERS};
    memcpy(h.magic, magic, sizeof(magic));
    array_sizes(&mlp->shape, sizes);
    bool ok = buf_add(b, &h, sizeof(h));
    for (size_t i = 0; i < mlp->shape.genres; i++) {
        char name[MODEL_NAME_SIZE] = {0};
        snprintf(name, sizeof(name), "%s", names[i]);
        ok = ok && buf_add(b, name, sizeof(name));
    }
    for (size_t i = 0; i < ARRAYS; i++) {
        ok = ok && buf_add(b, arrays[i], sizes[i] * sizeof(float));
    }
    ok = ok && buf_add(b, mlp->table, mlp->shape.slots * mlp_slot_bytes(&mlp->shape));
    if (ok) {
        h.checksum = checksum_make((const unsigned char *)b->data + start, b->len - start);
        memcpy(b->data + start, &h, sizeof(h));
    }
    return ok;
}
