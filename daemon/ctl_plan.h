/* A plan: what a sort would do, shown, written into a file that a person can edit, and read back.
 *
 * The file is lines of UTF-8. "playlist ID SNAPSHOT GENRE" begins a playlist, with "new -" for ID
 * and SNAPSHOT of one to be made; then a line per song: "+ ID" puts it in, "- ID" takes it out,
 * "! ID" keeps it out for good, "? ID" does nothing. What follows " #", and a line that begins with
 * '#', is a comment. */
#ifndef DAEMON_CTL_PLAN_H
#define DAEMON_CTL_PLAN_H

#include "base/buf.h"
#include "base/json.h"
#include "daemon/ctl.h"

/* The songs of a dry run's summary, the first of each playlist. */
void ctl_plan_show(const struct json *summary);
/* The summary of a dry run as a plan's text. */
void ctl_plan_print(const struct json *summary, struct buf *out);
/* {playlists: [{id, snapshot, genre, line, changes: [{verb, id, line}]}]}. ERR_USAGE names the
 * line. Caller: json_free. */
ERR_NODISCARD enum err_code ctl_plan_parse(const char *text, struct json **ret_plan, struct err *e);

/* Writes the summary into a file that is not there yet. */
ERR_NODISCARD enum err_code ctl_plan_write(const struct json *summary, const char *path,
                                           struct err *e);
/* `genrectl apply FILE`. */
ERR_NODISCARD enum err_code ctl_plan_apply(struct ctl *c, struct err *e);

#endif
