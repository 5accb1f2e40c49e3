/* What the person chose: genres, and the places whose songs are sorted. Both are in the store,
 * above the configuration file's; places are below the environment's. */
#ifndef DAEMON_CHOICE_H
#define DAEMON_CHOICE_H

#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"
#include "daemon/config.h"
#include "daemon/net/server.h"

struct app;

/* The genres chosen last, which may be none, else the configuration's; (n) names, caller:
 * choice_free. */
ERR_NODISCARD enum err_code choice_get(struct app *app, char ***ret_genres, size_t *ret_n,
                                       struct err *e);
/* Those of them that the tree has, merged ones as what they count as: what is shown. */
ERR_NODISCARD enum err_code choice_shown(struct app *app, char ***ret_genres, size_t *ret_n,
                                         struct err *e);
/* Puts the names that the tree has in place of what is there, each once. One that it does not have
 * is ERR_USAGE, or, when left_out is there, added to that and left out. The rest stays allocated,
 * also on failure. */
ERR_NODISCARD enum err_code choice_resolve(struct app *app, char **genres, size_t *n,
                                           struct buf *left_out, struct err *e);
ERR_NODISCARD enum err_code choice_put(struct app *app, char *const *genres, size_t n,
                                       struct err *e);
/* One genre more, or one less, is chosen; nothing is written when it is so already. */
ERR_NODISCARD enum err_code choice_add(struct app *app, const char *genre, struct err *e);
ERR_NODISCARD enum err_code choice_drop(struct app *app, const char *genre, struct err *e);
void choice_free(char **genres, size_t n);
/* The genre of the tree that a person calls `name`, or the one that it is merged into: ERR_USAGE
 * with the three nearest when there is none. */
ERR_NODISCARD enum err_code choice_find(struct app *app, const char *name, size_t *ret_genre,
                                        struct err *e);
/* The places of sorting, as [sort] from has them, in place of what ret holds. Caller:
 * config_value_list_free. */
ERR_NODISCARD enum err_code choice_places(struct app *app, struct config_list *ret, struct err *e);
/* Says before the message of a failure that came after the change was stored that it was. */
enum err_code choice_kept(enum err_code code, struct err *e);

/* GET and POST /api/choice (Choice of daemon/page/api.ts); as route_fn. */
ERR_NODISCARD enum err_code choice_show(struct app *a, const struct server_request *req,
                                        const struct json *body, struct json **ret, struct err *e);
ERR_NODISCARD enum err_code choice_take(struct app *a, const struct server_request *req,
                                        const struct json *body, struct json **ret, struct err *e);

#endif
