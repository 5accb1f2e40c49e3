/* Who is told how reading goes on; members may be NULL. Never two calls at once, from any thread.
 */
#ifndef CLASSIFIER_SOUND_WATCH_H
#define CLASSIFIER_SOUND_WATCH_H

#include <stddef.h>

struct watch {
    /* What of a file or row cannot be used; `why` follows on the name: "is a directory". */
    void (*complain)(void *context, const char *name, const char *why);
    void (*progress)(void *context, size_t done, size_t total);
    void *context;
};

static inline void watch_complain(const struct watch *w, const char *name, const char *why)
{
    if (w->complain != NULL) {
        w->complain(w->context, name, why);
    }
}

static inline void watch_progress(const struct watch *w, size_t done, size_t total)
{
    if (w->progress != NULL) {
        w->progress(w->context, done, total);
    }
}

#endif
