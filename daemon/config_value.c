#include "daemon/config_value.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "base/url.h"
#include "daemon/config_path.h"
#include "spotify/endpoint.h"

#define NAME_MAX_BYTES 100 /* of a playlist, in the service */

static void text_set(char **field, char *owned)
{
    free(*field);
    *field = owned;
}

void config_value_list_free(struct config_list *l)
{
    for (size_t i = 0; i < l->n; i++) {
        free(l->items[i]);
    }
    free(l->items);
    *l = (struct config_list){0};
}

void config_value_list_add(struct config_list *l, char *s)
{
    for (size_t i = 0; i < l->n; i++) {
        if (text_equal(l->items[i], s)) {
            free(s);
            return;
        }
    }
    l->items = mem_resize(l->items, l->n + 1, sizeof(*l->items));
    l->items[l->n++] = s;
}

static void list_split(struct config_list *l, const char *value)
{
    config_value_list_free(l);
    while (*value != '\0') {
        size_t n = strcspn(value, ",");
        char *item = mem_strndup(value, n);
        char *name = text_trim(item);
        if (*name != '\0') {
            config_value_list_add(l, mem_strdup(name));
        }
        free(item);
        value += n + (value[n] == ',');
    }
}

static enum err_code bad(const struct config_key *k, const char *value, const char *why,
                         struct err *e)
{
    return err_set(e, ERR_CONFIG, "%s.%s: \"%.80s\" %s", k->section, k->key, value, why);
}

static bool is_plain(const char *s)
{
    for (; *s != '\0'; s++) {
        if ((unsigned char)*s <= ' ' || *s == 0x7f) {
            return false;
        }
    }
    return true;
}

static enum err_code url_take(const struct config_key *k, char **field, const char *value,
                              struct err *e)
{
    bool https = text_starts_with(value, "https://") && value[8] != '\0' && value[8] != '/';
    if (!https && !url_is_loopback(value)) {
        return bad(k, value, "is neither https nor http to this machine", e);
    }
    if (!is_plain(value) || strpbrk(value, "?#@\\") != NULL) {
        return bad(k, value, "is no plain address of a service", e);
    }
    size_t n = strlen(value);
    while (n > 0 && value[n - 1] == '/') {
        n--;
    }
    text_set(field, mem_strndup(value, n));
    return ERR_OK;
}

static bool address_is_numeric(const char *host)
{
    struct in_addr four;
    struct in6_addr six;
    return inet_pton(AF_INET, host, &four) == 1 || inet_pton(AF_INET6, host, &six) == 1;
}

static enum err_code listen_take(struct config *c, const struct config_key *k, const char *value,
                                 struct err *e)
{
    if (*value == '\0' || text_equal(value, "off") || text_equal(value, "no")) {
        text_set(&c->listen, mem_strdup(""));
        text_set(&c->listen_host, NULL);
        c->listen_port = 0;
        return ERR_OK;
    }
    const char *colon = strrchr(value, ':');
    int64_t port;
    if (colon == NULL || !text_to_int(colon + 1, 0, 65535, &port)) {
        return bad(k, value, "is not ADDRESS:PORT", e);
    }
    size_t n = (size_t)(colon - value);
    bool bracketed = n > 2 && value[0] == '[' && value[n - 1] == ']';
    char *host = bracketed ? mem_strndup(value + 1, n - 2) : mem_strndup(value, n);
    if (text_equal(host, "localhost")) {
        text_set(&host, mem_strdup("127.0.0.1"));
    }
    if (!address_is_numeric(host) || (strchr(host, ':') != NULL) != bracketed) {
        free(host);
        return bad(k, value, "names no numeric address, such as 127.0.0.1:8787 or [::1]:8787", e);
    }
    text_set(&c->listen, mem_strdup(value));
    text_set(&c->listen_host, host);
    c->listen_port = port;
    return ERR_OK;
}

static enum err_code template_take(const struct config_key *k, char **field, const char *value,
                                   struct err *e)
{
    const char *first = strstr(value, "{genre}");
    if (first == NULL || strstr(first + 1, "{genre}") != NULL) {
        return bad(k, value, "must hold {genre} once", e);
    }
    if (strlen(value) > NAME_MAX_BYTES) {
        return bad(k, value, "is longer than a playlist's name may be", e);
    }
    text_set(field, mem_strdup(value));
    return ERR_OK;
}

static enum err_code number_take(const struct config_key *k, void *field, const char *value,
                                 struct err *e)
{
    char why[96];
    bool whole = k->type == CONFIG_INT;
    if (*value == '\0') {
        *(double *)field = -1;
        return ERR_OK;
    }
    if (whole ? text_to_int(value, (int64_t)k->min, (int64_t)k->max, field)
              : text_to_num(value, k->min, k->max, field)) {
        return ERR_OK;
    }
    snprintf(why, sizeof(why), "is no %s from %g to %g", whole ? "whole number" : "number", k->min,
             k->max);
    return bad(k, value, why, e);
}

static enum err_code duration_take(const struct config_key *k, int64_t *field, const char *value,
                                   struct err *e)
{
    if (text_equal(value, "off") || text_equal(value, "no")) {
        *field = 0;
        return ERR_OK;
    }
    return text_to_duration_ms(value, field)
               ? ERR_OK
               : bad(k, value, "is no time such as 90s, 15m, 6h, 2d or off", e);
}

static void sources_take(struct config *c, const char *value, const struct config_origin *from)
{
    struct config_list named = {0};
    list_split(&named, value);
    config_value_list_free(&c->order);
    for (size_t i = 0; i < named.n; i++) {
        const char *name = named.items[i];
        bool known = false;
        for (size_t j = 0; j < config_n_sources && !known; j++) {
            known = text_equal(config_sources[j], name);
        }
        if (known) {
            config_value_list_add(&c->order, mem_strdup(name));
            continue;
        }
        const char *near = text_nearest(name, config_sources, config_n_sources);
        config_value_list_add(&c->warnings,
                              mem_printf("%s: unknown source \"%s\"%s%s%s", from->name, name,
                                         near != NULL ? ", did you mean \"" : "",
                                         near != NULL ? near : "", near != NULL ? "\"?" : ""));
    }
    config_value_list_free(&named);
}

/* The 22 letters of "ID", "spotify:playlist:ID" or "https://open.spotify.com/playlist/ID?si=..."
 * (also with a language before "playlist"); NULL when it is none of them. Owned. */
static char *playlist_id(const char *text)
{
    static const char uri[] = "spotify:playlist:";
    static const char host[] = "https://open.spotify.com/";
    static const char path[] = "playlist/";
    if (text_starts_with(text, uri)) {
        text += strlen(uri);
    } else if (text_starts_with(text, host)) {
        text += strlen(host);
        const char *slash = text_starts_with(text, "intl-") ? strchr(text, '/') : NULL;
        text = slash != NULL ? slash + 1 : text;
        if (!text_starts_with(text, path)) {
            return NULL;
        }
        text += strlen(path);
    }
    char *id = mem_strndup(text, strcspn(text, "?/"));
    if (!endpoint_id_ok(id)) {
        free(id);
        return NULL;
    }
    return id;
}

/* "liked", "albums" or "playlist:" and the id; NULL when it is none of them. Owned. */
static char *place_name(const char *text)
{
    static const char prefix[] = "playlist:";
    if (text_equal(text, "liked") || text_equal(text, "albums")) {
        return mem_strdup(text);
    }
    if (text_starts_with(text, prefix)) {
        text += strlen(prefix);
    } else if (strchr(text, ':') == NULL) {
        return NULL;
    }
    text += strspn(text, " ");
    char *id = playlist_id(text);
    char *name = id != NULL ? mem_printf("%s%s", prefix, id) : NULL;
    free(id);
    return name;
}

static enum err_code places_take(const struct config_key *k, struct config_list *field,
                                 const char *value, struct err *e)
{
    struct config_list named = {0};
    struct config_list places = {0};
    enum err_code code = ERR_OK;
    list_split(&named, value);
    if (named.n == 0) {
        code = bad(k, value, "names nothing that could be sorted", e);
    }
    for (size_t i = 0; i < named.n && code == ERR_OK; i++) {
        char *name = place_name(named.items[i]);
        if (name != NULL) {
            config_value_list_add(&places, name);
        } else {
            code = bad(k, named.items[i], "is none of liked, albums, playlist:ID", e);
        }
    }
    config_value_list_free(&named);
    if (code != ERR_OK) {
        config_value_list_free(&places);
        return code;
    }
    config_value_list_free(field);
    *field = places;
    return ERR_OK;
}

bool config_value_may_be_empty(enum config_type type)
{
    return type == CONFIG_TEXT || type == CONFIG_LISTEN || type == CONFIG_LIST ||
           type == CONFIG_SOURCES;
}

enum err_code config_value_take(struct config *c, const struct config_key *k, const char *value,
                                const struct config_origin *from, struct err *e)
{
    void *field = (char *)c + k->at;
    switch (k->type) {
    case CONFIG_TEXT:
        text_set(field, mem_strdup(value));
        return ERR_OK;
    case CONFIG_PATH:
        text_set(field, *value != '\0' ? config_path_resolve(value, from->dir) : mem_strdup(""));
        return ERR_OK;
    case CONFIG_URL:
        return url_take(k, field, value, e);
    case CONFIG_INT:
    case CONFIG_NUM:
        return number_take(k, field, value, e);
    case CONFIG_BOOL:
        return text_to_bool(value, field) ? ERR_OK : bad(k, value, "is neither yes nor no", e);
    case CONFIG_DURATION:
        return duration_take(k, field, value, e);
    case CONFIG_LEVEL:
        return log_level_parse(value, field)
                   ? ERR_OK
                   : bad(k, value, "is none of error, warning, info, debug", e);
    case CONFIG_LISTEN:
        return listen_take(c, k, value, e);
    case CONFIG_TEMPLATE:
        return template_take(k, field, value, e);
    case CONFIG_LIST:
        list_split(field, value);
        return ERR_OK;
    case CONFIG_SOURCES:
        sources_take(c, value, from);
        return ERR_OK;
    case CONFIG_PLACES:
        return places_take(k, field, value, e);
    }
    return err_set(e, ERR_BUG, "no such type of key");
}

enum err_code config_value_places(const char *text, struct config_list *ret, struct err *e)
{
    static const struct config_key k = {.section = "sort", .key = "from", .type = CONFIG_PLACES};
    return places_take(&k, ret, text, e);
}
