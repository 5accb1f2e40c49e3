/* A person's own things as a text that another machine takes over (store/backup.h). */
#ifndef DAEMON_BACKUP_H
#define DAEMON_BACKUP_H

#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"

struct app;

/* A backup that comes in pieces, since one request's body is small. Zeroed: none does. */
struct backup {
    struct buf text;
    char upload[33]; /* which one */
};

/* The backup of who is logged in; ERR_LOGIN when nobody is. text is initialised by it. */
ERR_NODISCARD enum err_code backup_make(struct app *a, struct buf *text, struct err *e);
/* body: {"upload": a name of the client's choice, "at": bytes that came before, "text", "done"}.
 * Once done, the whole is restored: {"songs", "playlists", "playlists_known", "items", "labels",
 * "labels_left_out", "exclusions", "genres", "edits", "places"}. ERR_USAGE with the number of the
 * line where it is wrong, ERR_BUSY while a run is at work: then nothing is changed. */
ERR_NODISCARD enum err_code backup_take(struct app *a, const struct json *body, struct json **ret,
                                        struct err *e);
void backup_close(struct backup *b);

#endif
