#include "daemon/ctl_count.h"

#include "base/clock.h"
#include "base/text.h"

void ctl_count_init(struct ctl_count *c, const char *job, const char *step, bool off, bool color)
{
    *c = (struct ctl_count){.lock = PTHREAD_MUTEX_INITIALIZER, .started_ms = clock_boot_ms()};
    ctl_progress_init(&c->progress, off, color);
    text_copy(c->progress.job, sizeof(c->progress.job), job);
    text_copy(c->progress.step, sizeof(c->progress.step), step);
}

int64_t ctl_count_left_s(int64_t passed_ms, size_t done, size_t total)
{
    if (done == 0) {
        return -1;
    }
    const double left_ms = (double)passed_ms / (double)done * (double)(total - done);
    return (int64_t)(left_ms / 1000.0 + 0.999);
}

/* With the lock held. */
static void show(struct ctl_count *c)
{
    struct ctl_progress *p = &c->progress;
    p->done = (int64_t)c->done;
    p->total = (int64_t)c->total;
    p->eta_s = ctl_count_left_s(clock_boot_ms() - c->started_ms, c->done, c->total);
    ctl_progress_show(p);
}

void ctl_count_set(struct ctl_count *c, size_t done, size_t total)
{
    pthread_mutex_lock(&c->lock);
    c->done = done;
    c->total = total;
    show(c);
    pthread_mutex_unlock(&c->lock);
}

void ctl_count_add(struct ctl_count *c)
{
    pthread_mutex_lock(&c->lock);
    c->done++;
    show(c);
    pthread_mutex_unlock(&c->lock);
}

void ctl_count_clear(struct ctl_count *c)
{
    pthread_mutex_lock(&c->lock);
    ctl_progress_clear(&c->progress);
    pthread_mutex_unlock(&c->lock);
}
