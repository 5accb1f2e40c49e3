/* A store, a model and a small Spotify for tests of the main job. */
#ifndef TESTS_JOBS_BENCH_H
#define TESTS_JOBS_BENCH_H

#include "daemon/jobs/work.h"
#include "tests/jobs/fake_server.h"

struct bench {
    struct fake_server server;
    struct fake_drive drive;
    struct store *store;
    struct access access;
    struct model *model;
    struct tree *tree;
    int64_t account;
    int64_t run; /* the number of the newest */
    size_t songs;
    char path[64];
};

struct bench *bench_new(size_t songs);
void bench_free(struct bench *b);
/* Everything anew but the model. */
void bench_begin_anew(struct bench *b);
/* As when the program starts again. */
void bench_reopen(struct bench *b);
/* The environment of a job, as a new run with a journal. */
struct work_env bench_env(struct bench *b, const char *job);
/* A sort into rock and jazz. */
struct job *bench_sort(struct bench *b, bool dry_run);
struct job *bench_undo(struct bench *b, int64_t run);
/* Drives it to its end. */
enum err_code bench_drive(struct bench *b, struct job *j);

#endif
