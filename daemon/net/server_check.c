#include "daemon/net/server_check.h"

#include <arpa/inet.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"

enum name { NAME_NONE, NAME_OURS, NAME_CONFIGURED };

static bool is_name(const char *s, size_t n, const char *name)
{
    return name && strlen(name) == n && strncasecmp(s, name, n) == 0;
}

/* Whether s[0..n) is a number, and the server answers on all of the machine's. */
static bool is_any_address(const struct server *s, const char *text, size_t n)
{
    char host[64];
    struct in6_addr address;
    if (!text_equal(s->address, "0.0.0.0") && !text_equal(s->address, "[::]"))
        return false;
    bool bracketed = n > 2 && text[0] == '[' && text[n - 1] == ']';
    if (bracketed) {
        text++;
        n -= 2;
    }
    if (n >= sizeof(host))
        return false;
    memcpy(host, text, n);
    host[n] = '\0';
    return inet_pton(bracketed ? AF_INET6 : AF_INET, host, &address) == 1;
}

/* authority: host[:port] as in Host and Origin. */
static enum name match_authority(const struct server *s, const char *authority)
{
    static const char *const local[] = {"127.0.0.1", "localhost", "[::1]"};
    const char *end = authority[0] == '[' ? strchr(authority, ']') : NULL;
    const char *colon = strchr(end ? end : authority, ':');
    size_t n = colon ? (size_t)(colon - authority) : strlen(authority);
    int64_t port = 80;
    if (colon && !text_to_int(colon + 1, 1, 65535, &port))
        return NAME_NONE;
    if (is_name(authority, n, s->host))
        return NAME_CONFIGURED; /* any port: there may be a reverse proxy in between */
    if (port != s->port)
        return NAME_NONE;
    for (size_t i = 0; i < sizeof(local) / sizeof(local[0]); i++) {
        if (is_name(authority, n, local[i]))
            return NAME_OURS;
    }
    bool ours = is_name(authority, n, s->address) || is_any_address(s, authority, n);
    return ours ? NAME_OURS : NAME_NONE;
}

static bool is_our_origin(const struct server *s, const char *origin)
{
    if (!origin)
        return false;
    if (text_starts_with(origin, "http://"))
        return match_authority(s, origin + 7) != NAME_NONE;
    return text_starts_with(origin, "https://") &&
           match_authority(s, origin + 8) == NAME_CONFIGURED;
}

static const char *header(const struct server_exchange *ex, const char *name)
{
    return MHD_lookup_connection_value(ex->connection, MHD_HEADER_KIND, name);
}

/* A page of another site may lead a person here, but not load or read anything in their name. */
static bool is_foreign_fetch(const struct server_exchange *ex)
{
    const char *site = header(ex, "Sec-Fetch-Site");
    const char *mode = header(ex, "Sec-Fetch-Mode");
    if (!site || text_equal(site, "same-origin") || text_equal(site, "none"))
        return false;
    return !text_equal(mode, "navigate");
}

static int refuse(int status, const char *why, const char **ret_why)
{
    *ret_why = why;
    return status;
}

int server_check(const struct server *s, const struct server_exchange *ex, const char *method,
                 const char **ret_why)
{
    if (s->path)
        return ex->conn->allowed ? 0 : refuse(403, "this socket is another user's", ret_why);
    const char *host = header(ex, "Host");
    bool reads = text_equal(method, "GET");
    if (!host)
        return refuse(400, "the Host header is missing", ret_why);
    if (match_authority(s, host) == NAME_NONE)
        return refuse(421, "this is not the host you asked for", ret_why);
    if (!reads && !is_our_origin(s, header(ex, "Origin")))
        return refuse(403, "requests that change something must come from genred's own page",
                      ret_why);
    if (is_foreign_fetch(ex))
        return refuse(403, "requests of another site's page are not answered", ret_why);
    return 0;
}
