/* Songs and their genres as people read them, on standard output. */
#ifndef DAEMON_CTL_SONGS_H
#define DAEMON_CTL_SONGS_H

#include "base/json.h"
#include "daemon/ctl.h"

void ctl_songs_genres(const struct ctl *c, const struct json *genres);
void ctl_songs_list(const struct ctl *c, const struct json *list);
void ctl_songs_review(const struct ctl *c, const struct json *review);
void ctl_songs_label(const struct ctl *c, const struct json *answer);
void ctl_songs_why(const struct ctl *c, const struct json *why);
void ctl_songs_similar(const struct ctl *c, const struct json *similar);

#endif
