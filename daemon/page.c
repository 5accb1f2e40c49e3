#include "daemon/page.h"

#include <stdlib.h>
#include <string.h>

#define ZLIB_CONST
#include <zlib.h>

#include "base/mem.h"
#include "base/text.h"

#define GZIP_WINDOW (MAX_WBITS + 16)

/* Only what came with the page may run, and only genred may be asked. blob: a chart that is drawn
 * into a picture to be saved. */
#define POLICY                                                                                     \
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "        \
    "connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'; "            \
    "require-trusted-types-for 'script'; trusted-types 'none'"

static bool takes_gzip(const struct server_request *req)
{
    const char *accept = server_request_header(req, "Accept-Encoding");
    return accept && strstr(accept, "gzip") && !strstr(accept, "gzip;q=0");
}

static void unpack(const struct page_file *file, struct buf *out)
{
    char *plain = mem_alloc(file->n_plain + 1);
    z_stream z = {.next_in = file->bytes,
                  .avail_in = (uInt)file->n_bytes,
                  .next_out = (Bytef *)plain,
                  .avail_out = (uInt)file->n_plain};
    if (inflateInit2(&z, GZIP_WINDOW) == Z_OK) {
        (void)inflate(&z, Z_FINISH);
        inflateEnd(&z);
    }
    buf_add(out, plain, file->n_plain - z.avail_out);
    free(plain);
}

static void send(const struct page_file *file, const struct server_request *req,
                 struct server_reply *reply)
{
    const char *known = server_request_header(req, "If-None-Match");
    bool index = strcmp(file->path, "/") == 0;
    server_reply_header(reply, "ETag", file->etag);
    server_reply_header(reply, "Vary", "Accept-Encoding");
    server_reply_header(reply, "Content-Security-Policy", POLICY);
    server_reply_header(reply, "Cache-Control",
                        index ? "no-cache" : "public, max-age=31536000, immutable");
    if (known && strstr(known, file->etag)) {
        reply->status = 304;
        return;
    }
    reply->status = 200;
    reply->content_type = file->content_type;
    if (file->n_plain > 0 && !takes_gzip(req)) {
        unpack(file, &reply->body);
        return;
    }
    if (file->n_plain > 0)
        server_reply_header(reply, "Content-Encoding", "gzip");
    buf_add(&reply->body, (const char *)file->bytes, file->n_bytes);
}

bool page_handle(const struct server_request *req, struct server_reply *reply)
{
    if (strcmp(req->method, "GET") != 0)
        return false;
    for (size_t i = 0; i < page_n_files; i++) {
        if (strcmp(page_files[i].path, req->path) == 0) {
            send(&page_files[i], req, reply);
            return true;
        }
    }
    return false;
}
