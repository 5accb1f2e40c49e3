#include "tests/jobs/bench.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "store/account.h"
#include "store/fact.h"
#include "store/run.h"

static void open_store(struct bench *b)
{
    struct err e = {0};
    static const char *const order[] = {"spotify"};
    assert_int_equal(store_open(b->path, &b->store, &e), ERR_OK);
    assert_int_equal(store_fact_order(b->store, order, 1, &e), ERR_OK);
    assert_int_equal(store_account_put(b->store, "key", "user", "User", &b->account, &e), ERR_OK);
}

static void remove_store(struct bench *b)
{
    static const char *const endings[] = {"", "-wal", "-shm"};
    store_close(b->store);
    for (size_t i = 0; i < 3; i++) {
        char path[80];
        snprintf(path, sizeof(path), "%s%s", b->path, endings[i]);
        unlink(path);
    }
}

void bench_begin_anew(struct bench *b)
{
    remove_store(b);
    open_store(b);
    fake_server_init(&b->server, b->songs);
    b->access = (struct access){0};
    b->drive = (struct fake_drive){.server = &b->server, .window = 4};
    b->run = 0;
}

void bench_reopen(struct bench *b)
{
    store_close(b->store);
    open_store(b);
}

struct bench *bench_new(size_t songs)
{
    struct bench *b = mem_alloc(sizeof(*b));
    struct err e = {0};
    snprintf(b->path, sizeof(b->path), "/tmp/genred-jobs-%d.db", (int)getpid());
    assert_int_equal(model_open(NULL, &b->model, &e), ERR_OK);
    assert_int_equal(tree_open(NULL, &b->tree, &e), ERR_OK);
    b->songs = songs;
    open_store(b);
    bench_begin_anew(b);
    return b;
}

void bench_free(struct bench *b)
{
    remove_store(b);
    model_close(b->model);
    tree_close(b->tree);
    free(b);
}

struct work_env bench_env(struct bench *b, const char *job)
{
    struct err e = {0};
    b->run++;
    assert_int_equal(store_run_start(b->store, b->run, b->account, job, b->run, &e), ERR_OK);
    return (struct work_env){
        .store = b->store,
        .access = &b->access,
        .model = b->model,
        .tree = b->tree,
        .api_url = "http://127.0.0.1",
        .user_id = "user",
        .account = b->account,
        .run = b->run,
    };
}

struct job *bench_sort(struct bench *b, bool dry_run)
{
    struct err e = {0};
    struct work_env env = bench_env(b, "sort");
    struct work_options o = {
        .name = "sort",
        .sort = true,
        .dry_run = dry_run,
        .threshold = 0.5,
        .stay_margin = 0.1,
        .playlist_name = mem_strdup("{genre} (genred)"),
        .min_tracks = 1,
    };
    o.genres = mem_array(2, sizeof(*o.genres));
    o.genres[o.n_genres++] = mem_strdup("rock");
    o.genres[o.n_genres++] = mem_strdup("jazz");
    if (dry_run)
        assert_int_equal(store_open_copy(b->store, &env.store, &e), ERR_OK);
    return work_new(&env, &o);
}

struct job *bench_undo(struct bench *b, int64_t run)
{
    struct work_env env = bench_env(b, "undo");
    struct work_options o = {
        .name = "undo", .undo = run, .playlist_name = mem_strdup("{genre} (genred)")};
    return work_new(&env, &o);
}

enum err_code bench_drive(struct bench *b, struct job *j)
{
    struct err e = {0};
    struct err failed = {0};
    struct store_run run = {.id = b->run, .outcome = "done", .message = ""};
    b->drive.exchanges = 0;
    enum err_code code = fake_drive(&b->drive, j, &e);
    if (code)
        run.outcome = "killed";
    if (code && code != ERR_CANCELLED)
        print_message("%s\n", e.text);
    assert_int_equal(store_run_finish(b->store, &run, &failed), ERR_OK);
    return code;
}
