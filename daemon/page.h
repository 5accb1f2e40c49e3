/* The page: files that the program holds, made by daemon/page/build.mjs, or in a build without npm
 * the one line of daemon/page/none.c. */
#ifndef DAEMON_PAGE_H
#define DAEMON_PAGE_H

#include <stdbool.h>
#include <stddef.h>

#include "daemon/net/server.h"

struct page_file {
    const char *path; /* "/", or "/assets/" and a name with a hash of what is in it */
    const char *content_type;
    const char *etag;           /* with its quotes */
    const unsigned char *bytes; /* (n_bytes) */
    size_t n_bytes;
    size_t n_plain; /* of what they unpack to with gzip; 0: they are not packed */
};
extern const struct page_file page_files[];
extern const size_t page_n_files;

/* Fills the reply if the path is one of the page's, and says whether it is. */
bool page_handle(const struct server_request *req, struct server_reply *reply);

#endif
