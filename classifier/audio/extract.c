#include "classifier/audio/extract.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"
#include "classifier/audio/analysis.h"
#include "classifier/audio/resample.h"
#include "classifier/audio/stft.h"

#define CPU_S   300
#define MEMORY  ((size_t)256 << 20)
#define WALL_MS 600000

/* What the child writes: this, and behind it what else was wanted, if all went well. */
struct reply {
    enum err_code code;
    char text[sizeof(((struct err *)0)->text)];
    struct extract extract;
};

struct part {
    void *at;
    size_t size;
};
#define PARTS ((size_t)3)
#define REPLY_MOST                                                                                 \
    (sizeof(struct reply) + sizeof(struct sketch) + sizeof(struct strip) +                         \
     SEGMENT_MOST * sizeof(struct summary) + 1)

/* What was wanted beside the summary, in the order in which it is written. The child has the
 * parent's pointers, to memory of its own. */
static void parts_of(const struct extract_options *o, size_t n_segments, struct part ret[PARTS])
{
    ret[0] = (struct part){o->sketch, o->sketch != NULL ? sizeof(*o->sketch) : 0};
    ret[1] = (struct part){o->strip, o->strip != NULL ? sizeof(*o->strip) : 0};
    ret[2] =
        (struct part){o->segments, o->segments != NULL ? n_segments * sizeof(*o->segments) : 0};
}

/* --- the child ---------------------------------------------------------------------------------
 */

/* Where the samples go: into the analysis at once, or together, to be changed first. */
struct ear {
    struct analysis *analysis;
    float *x; /* (most); NULL: at once */
    size_t n;
    size_t most;
};

/* As much of the signal as is taken. */
static void sink(void *context, const float *x, size_t n)
{
    struct ear *ear = context;
    const size_t room = ear->most - ear->n, taken = n < room ? n : room;
    if (ear->x != NULL) {
        memcpy(ear->x + ear->n, x, taken * sizeof(*x));
    } else {
        analysis_add(ear->analysis, x, taken);
    }
    ear->n += taken;
}

static enum err_code read_all(struct decode *d, struct resample *r, const struct ear *ear,
                              struct err *e)
{
    enum err_code code = ERR_OK;
    const float *x = NULL;
    size_t n = 1;
    while (code == ERR_OK && n > 0 && ear->n < ear->most) {
        code = decode_read(d, &x, &n, e);
        if (code == ERR_OK) {
            code = resample_add(r, x, n, e);
        }
    }
    if (code == ERR_OK && ear->n == 0) {
        code = err_set(e, ERR_FORMAT, "holds no sound");
    }
    return code;
}

/* What was kept together, changed. */
static enum err_code changed_add(struct ear *ear, const struct augment_plan *plan, struct err *e)
{
    float *x = NULL;
    size_t n = 0;
    const enum err_code code = augment_apply(plan, ear->x, ear->n, &x, &n, e);
    if (code == ERR_OK) {
        analysis_add(ear->analysis, x, n);
    }
    free(x);
    return code;
}

static void analysis_tell(struct analysis *a, const struct extract_options *o, struct extract *ret)
{
    struct analysis_view view;
    analysis_end(a, &ret->summary);
    analysis_look(a, &view);
    if (o->sketch != NULL) {
        sketch_make(&view, o->sketch);
    }
    if (o->strip != NULL) {
        strip_make(&view, o->strip);
    }
    if (o->segments != NULL) {
        ret->n_segments = (uint32_t)segment_count(view.samples, o->segment_s);
        segment_summaries(view.signal, view.samples, o->segment_s, o->segments);
    }
}

static enum err_code file_extract(int fd, const struct extract_options *o, struct extract *ret,
                                  struct err *e)
{
    struct decode *d = NULL;
    struct resample *r = NULL;
    struct ear ear = {.analysis = analysis_new(), .most = (size_t)ANALYSIS_MOST_S * STFT_RATE};
    if (o->augment != NULL) {
        ear.most = (size_t)AUGMENT_MOST_S * STFT_RATE;
        ear.x = mem_array(ear.most, sizeof(*ear.x));
    }
    enum err_code code = decode_open(fd, &d, &ret->about, e);
    if (code == ERR_OK) {
        code = resample_new(ret->about.rate, sink, &ear, &r, e);
    }
    if (code == ERR_OK) {
        code = read_all(d, r, &ear, e);
    }
    if (code == ERR_OK && ear.x != NULL) {
        code = changed_add(&ear, o->augment, e);
    }
    if (code == ERR_OK) {
        analysis_tell(ear.analysis, o, ret);
        ret->summary.cut = ear.n == ear.most;
    }
    analysis_free(ear.analysis);
    resample_free(r);
    decode_close(d);
    free(ear.x);
    return code;
}

static void write_all(int fd, const void *p, size_t n)
{
    const char *at = p;
    while (n > 0) {
        const ssize_t done = write(fd, at, n);
        if (done <= 0) {
            _exit(1);
        }
        at += done;
        n -= (size_t)done;
    }
}

/* Descriptors 0 to 2 lead nowhere, 3 is the file, 4 the pipe, and there are no others. */
static void descriptors_drop(int file, int out)
{
    const int nowhere = open("/dev/null", O_RDWR | O_CLOEXEC);
    const int high_file = fcntl(file, F_DUPFD, 16), high_out = fcntl(out, F_DUPFD, 16);
    if (nowhere < 0 || high_file < 0 || high_out < 0) {
        _exit(1);
    }
    for (int fd = 0; fd < 3; fd++) {
        dup2(nowhere, fd);
    }
    dup2(high_file, 3);
    dup2(high_out, 4);
    close_range(5, ~0U, 0);
}

static _Noreturn void child(int file, int out, const struct extract_options *o)
{
    struct err e = {0};
    struct part part[PARTS];
    struct reply *reply = mem_alloc(sizeof(*reply));
    const struct cage_limits limits = {o->limits.cpu_s > 0 ? o->limits.cpu_s : CPU_S,
                                       o->limits.memory > 0 ? o->limits.memory : MEMORY};
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    descriptors_drop(file, out);
    enum err_code code = cage_enter(&limits, &e);
    if (code == ERR_OK) {
        code = file_extract(3, o, &reply->extract, &e);
    }
    reply->code = code;
    memcpy(reply->text, e.text, sizeof(e.text));
    write_all(4, reply, sizeof(*reply));
    parts_of(o, reply->extract.n_segments, part);
    for (size_t i = 0; i < PARTS && code == ERR_OK; i++) {
        write_all(4, part[i].at, part[i].size);
    }
    _exit(0);
}

/* --- the parent --------------------------------------------------------------------------------
 */

static enum err_code file_open(const char *path, int *ret_fd, struct err *e)
{
    struct stat st;
    /* Not waiting for the other end of a FIFO. */
    const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (fd < 0 || fstat(fd, &st) != 0) {
        const int why = errno;
        if (fd >= 0) {
            close(fd);
        }
        return err_set(e, ERR_IO, "cannot be opened: %s", strerror(why));
    }
    enum err_code code = ERR_OK;
    if (S_ISDIR(st.st_mode)) {
        code = err_set(e, ERR_IO, "is a directory");
    } else if (!S_ISREG(st.st_mode)) {
        code = err_set(e, ERR_IO, "is no regular file");
    } else if (st.st_size == 0) {
        code = err_set(e, ERR_FORMAT, "is empty");
    }
    if (code != ERR_OK) {
        close(fd);
        return code;
    }
    *ret_fd = fd;
    return ERR_OK;
}

/* All that comes until the pipe's end. False when the time is over. */
static bool pipe_read(int fd, int64_t wall_ms, struct buf *ret)
{
    const int64_t end_ms = clock_boot_ms() + wall_ms;
    char piece[16384];
    for (;;) {
        struct pollfd poll_fd = {.fd = fd, .events = POLLIN};
        const int64_t left_ms = end_ms - clock_boot_ms();
        if (left_ms <= 0) {
            return false;
        }
        const int ready = poll(&poll_fd, 1, left_ms < 10000 ? (int)left_ms : 10000);
        const ssize_t n = ready > 0 ? read(fd, piece, sizeof(piece)) : -1;
        if (ready > 0 && n <= 0) {
            return true;
        }
        if (n > 0 && !buf_add(ret, piece, (size_t)n)) {
            return true; /* more than was asked for: the length tells */
        }
    }
}

static enum err_code ended_badly(int status, bool in_time, struct err *e)
{
    if (!in_time || (WIFSIGNALED(status) && WTERMSIG(status) == SIGXCPU) ||
        (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL)) {
        return err_set(e, ERR_FORMAT, "takes too long to read");
    }
    if (WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT) {
        return err_set(e, ERR_FORMAT, "cannot be read in the memory that one file may take");
    }
    if (WIFSIGNALED(status)) {
        return err_set(e, ERR_FORMAT, "crashed the decoder (signal %d)", WTERMSIG(status));
    }
    return err_set(e, ERR_BUG, "was read without a result");
}

/* Whether what came for the caller is in its shape. */
static bool parts_are_sound(const struct extract_options *o, const struct extract *x)
{
    bool sound = o->strip == NULL || (o->strip->frames >= 1 && o->strip->frames <= STRIP_FRAMES);
    for (size_t i = 0; i < x->n_segments; i++) {
        sound = sound && summary_is_sound(&o->segments[i]);
    }
    return sound;
}

/* The child is not trusted to have told the truth, only to have told it in this shape. */
static enum err_code reply_take(const struct buf *b, const struct extract_options *o,
                                struct extract *ret, struct err *e)
{
    struct reply reply;
    struct part part[PARTS];
    size_t at = sizeof(reply), wanted = sizeof(reply);
    if (b->len < sizeof(reply)) {
        return err_set(e, ERR_BUG, "was read without a result");
    }
    memcpy(&reply, b->data, sizeof(reply));
    reply.text[sizeof(reply.text) - 1] = '\0';
    const size_t n_segments = reply.extract.n_segments;
    parts_of(o, n_segments, part);
    for (size_t i = 0; i < PARTS && reply.code == ERR_OK; i++) {
        wanted += part[i].size;
    }
    const bool counted = o->segments != NULL && reply.code == ERR_OK
                             ? n_segments >= 1 && n_segments <= SEGMENT_MOST
                             : n_segments == 0;
    if (!counted || b->len != wanted || b->overflow || (unsigned)reply.code >= ERR_N ||
        !summary_is_sound(&reply.extract.summary)) {
        return err_set(e, ERR_BUG, "was read with a result that cannot be");
    }
    if (reply.code != ERR_OK) {
        return err_set(e, reply.code, "%s", reply.text);
    }
    for (size_t i = 0; i < PARTS; at += part[i++].size) {
        if (part[i].size > 0) {
            memcpy(part[i].at, b->data + at, part[i].size);
        }
    }
    if (!parts_are_sound(o, &reply.extract)) {
        return err_set(e, ERR_BUG, "was read with a result that cannot be");
    }
    *ret = reply.extract;
    return ERR_OK;
}

static enum err_code child_wait(pid_t pid, int in, const struct extract_options *o,
                                struct extract *ret, struct err *e)
{
    struct buf b;
    int status = 0;
    buf_init(&b, REPLY_MOST);
    const bool in_time = pipe_read(in, o->wall_ms > 0 ? o->wall_ms : WALL_MS, &b);
    if (!in_time) {
        kill(pid, SIGKILL);
    }
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    const bool ended = in_time && WIFEXITED(status) && WEXITSTATUS(status) == 0;
    const enum err_code code = ended ? reply_take(&b, o, ret, e) : ended_badly(status, in_time, e);
    buf_free(&b);
    return code;
}

enum err_code extract_run(const char *path, const struct extract_options *options,
                          struct extract *ret, struct err *e)
{
    int fd = -1, ends[2];
    enum err_code code = file_open(path, &fd, e);
    if (code != ERR_OK) {
        return code;
    }
    if (pipe2(ends, O_CLOEXEC) != 0) {
        close(fd);
        return err_set(e, ERR_IO, "cannot be read: no pipe: %s", strerror(errno));
    }
    const pid_t pid = fork();
    if (pid == 0) {
        child(fd, ends[1], options);
    }
    close(fd);
    close(ends[1]);
    code = pid > 0 ? child_wait(pid, ends[0], options, ret, e)
                   : err_set(e, ERR_IO, "cannot be read: no process: %s", strerror(errno));
    close(ends[0]);
    return code;
}
