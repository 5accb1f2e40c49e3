#include "base/team.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/mem.h"

#define THREADS_MAX ((size_t)8)
/* Looks at a counter before a thread sleeps: parts follow one another within microseconds, and
 * waking up takes longer. */
#define LOOKS 2000

struct team {
    pthread_t *others;
    size_t others_n;
    pthread_mutex_t lock;
    pthread_cond_t work;
    pthread_cond_t done;
    team_part_fn run;
    void *context;
    size_t n;    /* parts */
    size_t next; /* the first that nobody took */
    bool stop;
    atomic_size_t waiting; /* parts that nobody took */
    atomic_size_t undone;  /* parts not yet done */
};

static void pause_briefly(void)
{
#ifdef __x86_64__
    __builtin_ia32_pause();
#endif
}

/* Does parts as long as there are any. Holds the lock on entry and on return. */
static void parts_do(struct team *t)
{
    while (t->next < t->n) {
        const size_t part = t->next++;
        atomic_fetch_sub(&t->waiting, 1);
        pthread_mutex_unlock(&t->lock);
        t->run(t->context, part);
        pthread_mutex_lock(&t->lock);
        if (atomic_fetch_sub(&t->undone, 1) == 1) {
            pthread_cond_signal(&t->done);
        }
    }
}

static void *other_run(void *arg)
{
    struct team *t = arg;
    pthread_mutex_lock(&t->lock);
    while (!t->stop) {
        parts_do(t);
        pthread_mutex_unlock(&t->lock);
        for (int i = 0; i < LOOKS && atomic_load(&t->waiting) == 0; i++) {
            pause_briefly();
        }
        pthread_mutex_lock(&t->lock);
        while (!t->stop && t->next == t->n) {
            pthread_cond_wait(&t->work, &t->lock);
        }
    }
    pthread_mutex_unlock(&t->lock);
    return NULL;
}

static size_t processors(void)
{
    cpu_set_t set;
    CPU_ZERO(&set);
    const int n = sched_getaffinity(0, sizeof(set), &set) == 0 ? CPU_COUNT(&set) : 1;
    return n > 0 ? (size_t)n : 1;
}

struct team *team_new(size_t threads)
{
    struct team *t = mem_alloc(sizeof(*t));
    threads = threads > 0 ? threads : processors();
    threads = threads < THREADS_MAX ? threads : THREADS_MAX;
    pthread_mutex_init(&t->lock, NULL);
    pthread_cond_init(&t->work, NULL);
    pthread_cond_init(&t->done, NULL);
    t->others = mem_array(threads, sizeof(*t->others));
    while (t->others_n + 1 < threads &&
           pthread_create(&t->others[t->others_n], NULL, other_run, t) == 0) {
        t->others_n++;
    }
    return t;
}

void team_run(struct team *t, team_part_fn run, void *context, size_t n)
{
    pthread_mutex_lock(&t->lock);
    t->run = run;
    t->context = context;
    t->n = n;
    t->next = 0;
    atomic_store(&t->undone, n);
    atomic_store(&t->waiting, n);
    if (t->others_n > 0 && n > 1) {
        pthread_cond_broadcast(&t->work);
    }
    parts_do(t);
    pthread_mutex_unlock(&t->lock);
    for (int i = 0; i < LOOKS && atomic_load(&t->undone) > 0; i++) {
        pause_briefly();
    }
    pthread_mutex_lock(&t->lock);
    while (atomic_load(&t->undone) > 0) {
        pthread_cond_wait(&t->done, &t->lock);
    }
    pthread_mutex_unlock(&t->lock);
}

void team_free(struct team *t)
{
    if (t) {
        pthread_mutex_lock(&t->lock);
        t->stop = true;
        pthread_cond_broadcast(&t->work);
        pthread_mutex_unlock(&t->lock);
        for (size_t i = 0; i < t->others_n; i++) {
            pthread_join(t->others[i], NULL);
        }
        pthread_cond_destroy(&t->done);
        pthread_cond_destroy(&t->work);
        pthread_mutex_destroy(&t->lock);
        free(t->others);
        free(t);
    }
}
