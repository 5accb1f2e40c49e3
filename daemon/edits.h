/* What the person changes in the genre tree on the page: kept in the store, per account, as a text
 * in the syntax of genres.conf(5), and laid over their file, which is never written. */
#ifndef DAEMON_EDITS_H
#define DAEMON_EDITS_H

#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"
#include "classifier/tree.h"
#include "daemon/net/server.h"

struct app;

/* Bit of tree_genre.said: the page's text, over the shipped one and the file. */
#define EDITS_SAID (1U << 2)
#define EDITS_MAX  ((size_t)24 << 10) /* of the text: escaped it fits into a line of a backup */

/* The tree of the shipped text, the file at path ("": none) and the account's edits. Where these do
 * not fit the others any more, the tree without them, and a->edits_left_out says so. Errors as of
 * tree_open. */
ERR_NODISCARD enum err_code edits_tree(struct app *a, const char *path, struct tree **ret_tree,
                                       struct err *e);
/* The tree with that text over the others; errors as of tree_open. */
ERR_NODISCARD enum err_code edits_lay(struct app *a, const struct buf *text, struct tree **ret_tree,
                                      struct err *e);
/* Adds to one text what another says of which it says nothing, as far as that can be; all of it
 * where the text itself is left out, until it is mended. */
ERR_NODISCARD enum err_code edits_merge(struct app *a, struct buf *text, const struct buf *more,
                                        struct err *e);
/* Puts the tree of the account that is logged in now in force, at once or when no job runs. */
void edits_renew(struct app *a);

/* A change under way: from edits_open to edits_close. */
struct edits {
    struct buf text;
    struct tree *base; /* without the text */
    struct tree *tree; /* with it; NULL until edits_try */
};
/* Reads the account's text. ERR_LOGIN when nobody is logged in, ERR_BUSY while a run is at work.
 * Caller: edits_close, also on failure. */
ERR_NODISCARD enum err_code edits_open(struct app *a, struct edits *d, struct err *e);
/* Makes the tree with the text as it is now; ERR_USAGE with one sentence if it cannot be. */
ERR_NODISCARD enum err_code edits_try(struct app *a, struct edits *d, struct err *e);
/* An own genre that is called `title`, which no genre is yet: adds it to the text. name: of the new
 * genre, out. */
ERR_NODISCARD enum err_code edits_add_own(struct edits *d, const struct tree *now,
                                          const char *title, const char *rule,
                                          char name[TREE_NAME_SIZE], struct err *e);
/* Puts the tried tree in force; the text is stored by then. */
void edits_use(struct app *a, struct edits *d);
void edits_close(struct edits *d);

/* POST /api/tree (TreeEdit -> Genres) and POST /api/rule ({rule} -> RulePreview) of
 * daemon/page/api.ts; as route_fn. On failure nothing has changed, unless it says so (choice_kept).
 */
ERR_NODISCARD enum err_code edits_post_tree(struct app *a, const struct server_request *req,
                                            const struct json *body, struct json **ret,
                                            struct err *e);
ERR_NODISCARD enum err_code edits_post_rule(struct app *a, const struct server_request *req,
                                            const struct json *body, struct json **ret,
                                            struct err *e);

#endif
