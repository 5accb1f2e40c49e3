/* What to do with a raw reply, decided once for every request to Spotify. Pure. */
#ifndef SPOTIFY_JUDGE_H
#define SPOTIFY_JUDGE_H

#include "base/http.h"
#include "base/retry.h"

/* attempt: how often this request was sent, from 1. jitter: [0, 1). A write whose outcome is
 * unknown is delivered, never sent again: adding is not idempotent. */
void judge_reply(const struct http_req *req, const struct http_res *res, unsigned attempt,
                 double jitter, struct retry_answer *ret_answer);

#endif
