/* A directory of its own for a test that touches files. */
#ifndef TESTS_UNIT_TEMP_H
#define TESTS_UNIT_TEMP_H

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

static inline int temp_remove_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
    (void)st;
    (void)kind;
    (void)at;
    return remove(path);
}

/* A group's setup: *state is the directory's path. */
static inline int temp_setup(void **state)
{
    char path[] = "/tmp/genred-test.XXXXXX";
    if (mkdtemp(path) == NULL) {
        return -1;
    }
    char *copy = NULL;
    if (asprintf(&copy, "%s", path) < 0) {
        return -1;
    }
    *state = copy;
    return 0;
}

static inline int temp_teardown(void **state)
{
    char *path = *state;
    int failed = nftw(path, temp_remove_one, 8, FTW_DEPTH | FTW_PHYS);
    free(path);
    return failed;
}

/* directory/name in a buffer that the next call uses again. */
static inline const char *temp_path(void **state, const char *name)
{
    static char path[512];
    snprintf(path, sizeof(path), "%s/%s", (const char *)*state, name);
    return path;
}

#endif
