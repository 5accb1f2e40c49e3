#include "daemon/choice.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "daemon/app.h"
#include "store/account.h"

static void add_name(char ***genres, size_t *n, const char *name)
{
    *genres = mem_resize(*genres, *n + 1, sizeof(**genres));
    (*genres)[(*n)++] = mem_strdup(name);
}

enum err_code choice_get(struct app *app, char ***ret_genres, size_t *ret_n, struct err *e)
{
    struct arena a = {0};
    struct store_account account;
    enum err_code code = store_account_get(app->store, app->token.account, &a, &account, e);
    char **genres = NULL;
    size_t n = 0;
    if (code == ERR_OK && account.id && *account.genres) {
        char *list = mem_strdup(account.genres);
        char *save = NULL;
        for (char *g = strtok_r(list, ",", &save); g; g = strtok_r(NULL, ",", &save))
            add_name(&genres, &n, g);
        free(list);
    }
    bool chosen = n > 0;
    for (size_t i = 0; code == ERR_OK && !chosen && i < app->config.genres.n; i++)
        add_name(&genres, &n, app->config.genres.items[i]);
    arena_free(&a);
    *ret_genres = genres;
    *ret_n = n;
    return code;
}

enum err_code choice_find(struct app *app, const char *name, size_t *ret_genre, struct err *e)
{
    size_t near[3];
    size_t genre = tree_find(app->tree, name);
    if (genre != TREE_NONE) {
        size_t into = tree_at(app->tree, genre)->merged_into;
        *ret_genre = into != TREE_NONE ? into : genre;
        return ERR_OK;
    }
    tree_nearest(app->tree, name, near);
    return err_set(e, ERR_USAGE, "there is no genre '%s'; the nearest are %s, %s, %s", name,
                   tree_at(app->tree, near[0])->name, tree_at(app->tree, near[1])->name,
                   tree_at(app->tree, near[2])->name);
}

enum err_code choice_put(struct app *app, char *const *genres, size_t n, struct err *e)
{
    struct buf list;
    buf_init(&list, 1 << 14);
    for (size_t k = 0; k < n; k++)
        buf_printf(&list, "%s%s", k ? "," : "", genres[k]);
    enum err_code code = store_account_choose(app->store, app->token.account, buf_str(&list), e);
    buf_free(&list);
    return code;
}

void choice_free(char **genres, size_t n)
{
    for (size_t i = 0; i < n; i++)
        free(genres[i]);
    free(genres);
}

enum err_code choice_drop(struct app *app, const char *genre, struct err *e)
{
    char **genres = NULL;
    char **rest = NULL;
    size_t n = 0;
    size_t kept = 0;
    enum err_code code = choice_get(app, &genres, &n, e);
    for (size_t i = 0; i < n; i++) {
        if (strcmp(genres[i], genre) != 0)
            add_name(&rest, &kept, genres[i]);
    }
    if (code == ERR_OK)
        code = choice_put(app, rest, kept, e);
    choice_free(genres, n);
    choice_free(rest, kept);
    return code;
}

enum err_code choice_add(struct app *app, const char *genre, struct err *e)
{
    char **genres = NULL;
    size_t n = 0;
    bool known = false;
    enum err_code code = choice_get(app, &genres, &n, e);
    for (size_t i = 0; i < n; i++)
        known = known || strcmp(genres[i], genre) == 0;
    if (code == ERR_OK && !known) {
        add_name(&genres, &n, genre);
        code = choice_put(app, genres, n, e);
    }
    choice_free(genres, n);
    return code;
}
