/* Threads that do the parts of a task together. */
#ifndef BASE_TEAM_H
#define BASE_TEAM_H

#include <stddef.h>

struct team;

typedef void (*team_part_fn)(void *context, size_t part);

/* threads: with the caller's own; 0: as many as this process has processors, 8 at most. Fewer when
 * the system gives no more. Caller: team_free. */
struct team *team_new(size_t threads);
/* Runs parts 0 to n - 1, each once, in any order and on any thread, and returns when all are done.
 * Not from within a part; from one thread at a time. */
void team_run(struct team *t, team_part_fn run, void *context, size_t n);
void team_free(struct team *t);

#endif
