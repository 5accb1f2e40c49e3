#include "daemon/config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/ini.h"
#include "base/mem.h"
#include "base/text.h"
#include "base/url.h"
#include "daemon/account.h"
#include "daemon/config_path.h"
#include "daemon/config_value.h"

#define FILE_MAX_BYTES  ((size_t)1 << 20)
#define ACCOUNT_SECTION "account"

extern char **environ;

/* An empty value stands for the default where the empty text is no value itself. */
static enum err_code key_set(struct config *c, size_t row, const char *value,
                             const struct config_origin *from, struct err *e)
{
    const struct config_key *k = &config_keys[row];
    if (*value == '\0' && !config_value_may_be_empty(k->type)) {
        c->set &= ~((uint64_t)1 << row);
        return config_value_take(c, k, k->value != NULL ? k->value : "", from, e);
    }
    c->set |= (uint64_t)1 << row;
    return config_value_take(c, k, value, from, e);
}

/* --- file --------------------------------------------------------------------------------------
 */

struct reading {
    struct config *c;
    const char *dir;
    bool own; /* the second time, for the account's own section alone */
};

static size_t key_find(const char *section, const char *key)
{
    for (size_t i = 0; i < config_n_keys; i++) {
        if (text_equal(config_keys[i].section, section) && text_equal(config_keys[i].key, key)) {
            return i;
        }
    }
    return SIZE_MAX;
}

static bool section_is_known(const char *section)
{
    bool known = false;
    for (size_t i = 0; i < config_n_keys && !known; i++) {
        known = text_equal(config_keys[i].section, section);
    }
    return known;
}

/* Of an unknown section or key. A key that stands in the wrong section is told the right one. */
static void unknown_warn(struct config *c, const char *section, const char *key, const char *where)
{
    const char *names[64];
    size_t n = 0;
    bool wrong_key = section_is_known(section);
    for (size_t i = 0; i < config_n_keys; i++) {
        if (!wrong_key) {
            names[n++] = config_keys[i].section;
        } else if (text_equal(config_keys[i].section, section)) {
            names[n++] = config_keys[i].key;
        } else if (text_equal(config_keys[i].key, key)) {
            config_value_list_add(&c->warnings,
                                  mem_printf("%s: unknown key \"%s\" in [%s], it belongs into [%s]",
                                             where, key, section, config_keys[i].section));
            return;
        }
    }
    const char *near = text_nearest(wrong_key ? key : section, names, n);
    char *text = wrong_key ? mem_printf("%s: unknown key \"%s\" in [%s]", where, key, section)
                           : mem_printf("%s: unknown section [%s] of \"%s\"", where, section, key);
    if (near != NULL) {
        char *longer = wrong_key ? mem_printf("%s, did you mean \"%s\"?", text, near)
                                 : mem_printf("%s, did you mean [%s]?", text, near);
        free(text);
        text = longer;
    }
    config_value_list_add(&c->warnings, text);
}

/* The name in "account NAME", "" in "account"; NULL for every other section. */
static const char *section_account(const char *section)
{
    size_t n = strlen(ACCOUNT_SECTION);
    bool ours = text_starts_with(section, ACCOUNT_SECTION) && strchr(" \t", section[n]) != NULL;
    return ours ? section + n + strspn(section + n, " \t") : NULL;
}

/* Of those sections' keys, which stand there without their section. */
static size_t account_key_find(const char *key)
{
    static const char *const derived[] = {"state_dir", "socket", "listen"};
    for (size_t i = 0; i < sizeof(derived) / sizeof(derived[0]); i++) {
        if (text_equal(key, derived[i])) {
            return SIZE_MAX;
        }
    }
    size_t row = 0;
    while (row < config_n_keys && !text_equal(config_keys[row].key, key)) {
        row++;
    }
    return row < config_n_keys ? row : SIZE_MAX;
}

static void account_warn(struct config *c, const char *name, const char *key, const char *where)
{
    const char *names[64];
    size_t n = 0;
    struct err e;
    if (account_check(name, &e) != ERR_OK) {
        config_value_list_add(&c->warnings, mem_printf("%s: %s", where, e.text));
        return;
    }
    if (account_key_find(key) != SIZE_MAX) {
        return;
    }
    for (size_t i = 0; i < config_n_keys; i++) {
        if (account_key_find(config_keys[i].key) != SIZE_MAX) {
            names[n++] = config_keys[i].key;
        }
    }
    const char *near = text_nearest(key, names, n);
    config_value_list_add(&c->warnings,
                          mem_printf("%s: unknown key \"%s\" in [" ACCOUNT_SECTION " %s]%s%s%s",
                                     where, key, name, near != NULL ? ", did you mean \"" : "",
                                     near != NULL ? near : "", near != NULL ? "\"?" : ""));
}

static enum err_code line_take(void *ctx, const char *section, const char *key, const char *value,
                               int line, struct err *e)
{
    struct reading *r = ctx;
    const char *account = section_account(section);
    if (r->own && !(account != NULL && text_equal(account, r->c->account))) {
        return ERR_OK;
    }
    struct config_origin from = {.dir = r->dir,
                                 .name = mem_printf("%s: line %d", r->c->file, line)};
    enum err_code code = ERR_OK;
    size_t row = account != NULL ? account_key_find(key) : key_find(section, key);
    if (account != NULL && !r->own) {
        account_warn(r->c, account, key, from.name);
    } else if (row == SIZE_MAX && !r->own) {
        unknown_warn(r->c, section, key, from.name);
    } else if (row == SIZE_MAX) {
        code = ERR_OK; /* told the first time */
    } else if (key_set(r->c, row, value, &from, e) != ERR_OK) {
        code = err_wrap(e, "line %d", line);
    }
    free(from.name);
    return code;
}

static enum err_code file_take(struct config *c, struct err *e)
{
    struct buf text;
    buf_init(&text, FILE_MAX_BYTES);
    char *dir = mem_strndup(c->file, (size_t)(strrchr(c->file, '/') - c->file));
    struct reading r = {.c = c, .dir = *dir != '\0' ? dir : "/"};
    enum err_code code = file_read(c->file, &text, e);
    if (code != ERR_OK) {
        code = err_set(e, ERR_CONFIG, "%s", e->text);
    } else {
        code = ini_parse(buf_str(&text), text.len, line_take, &r, e);
        r.own = true;
        if (code == ERR_OK && c->account != NULL) {
            code = ini_parse(buf_str(&text), text.len, line_take, &r, e);
        }
        code = code == ERR_OK ? ERR_OK : err_wrap(e, "%s", c->file);
    }
    free(dir);
    buf_free(&text);
    return code;
}

/* --- environment -------------------------------------------------------------------------------
 */

/* "GENRED_SORT_MIN_TRACKS" of sort.min_tracks. */
static void variable_name(const char *section, const char *key, char *out, size_t out_size)
{
    snprintf(out, out_size, "GENRED_%s_%s", section, key);
    for (; *out != '\0'; out++) {
        *out = *out >= 'a' && *out <= 'z' ? (char)(*out - 'a' + 'A') : *out;
    }
}

/* GENRED_<a section of ours>_<something else>. */
static void variables_warn(struct config *c)
{
    char known[64][96];
    const char *names[64];
    for (size_t i = 0; i < config_n_keys; i++) {
        variable_name(config_keys[i].section, config_keys[i].key, known[i], sizeof(known[i]));
        names[i] = known[i];
    }
    for (char **v = environ; v != NULL && *v != NULL; v++) {
        bool ours = false;
        bool is_key = false;
        char *name = mem_strndup(*v, strcspn(*v, "="));
        for (size_t i = 0; i < config_n_keys; i++) {
            char prefix[96];
            variable_name(config_keys[i].section, "", prefix, sizeof(prefix));
            ours = ours || text_starts_with(name, prefix);
            is_key = is_key || text_equal(name, known[i]);
        }
        if (ours && !is_key) {
            const char *near = text_nearest(name, names, config_n_keys);
            config_value_list_add(&c->warnings,
                                  mem_printf("environment: unknown variable %s%s%s%s", name,
                                             near != NULL ? ", did you mean " : "",
                                             near != NULL ? near : "", near != NULL ? "?" : ""));
        }
        free(name);
    }
}

static enum err_code environment_take(struct config *c, struct err *e)
{
    enum err_code code = ERR_OK;
    char *cwd = config_path_working_dir();
    for (size_t i = 0; i < config_n_keys && code == ERR_OK; i++) {
        char name[96];
        variable_name(config_keys[i].section, config_keys[i].key, name, sizeof(name));
        const char *value = getenv(name);
        if (value == NULL) {
            continue;
        }
        struct config_origin from = {.dir = cwd, .name = mem_printf("environment %s", name)};
        char *copy = mem_strdup(value);
        if (!text_is_utf8(copy, strlen(copy))) {
            code = err_set(e, ERR_CONFIG, "environment %s: not UTF-8 text", name);
        } else if (key_set(c, i, text_trim(copy), &from, e) != ERR_OK) {
            code = err_wrap(e, "environment %s", name);
        }
        c->from_environment |= c->set & (uint64_t)1 << i;
        free(copy);
        free(from.name);
    }
    variables_warn(c);
    free(cwd);
    return code;
}

/* --- whole -------------------------------------------------------------------------------------
 */

static enum err_code defaults_take(struct config *c, struct err *e)
{
    struct config_origin from = {.dir = "/", .name = NULL};
    enum err_code code = ERR_OK;
    for (size_t i = 0; i < config_n_keys && code == ERR_OK; i++) {
        const struct config_key *k = &config_keys[i];
        code = config_value_take(c, k, k->value != NULL ? k->value : "", &from, e);
    }
    return code;
}

/* The paths that depend on the system, once all else is known. */
static enum err_code paths_take(struct config *c, struct err *e)
{
    if (*c->state_dir == '\0') {
        char *found = config_path_state();
        if (found == NULL) {
            return err_set(e, ERR_CONFIG, "there is no home directory: set [daemon] state_dir");
        }
        free(c->state_dir);
        c->state_dir = found;
    }
    if (*c->socket == '\0') {
        free(c->socket);
        c->socket = config_path_socket(c->state_dir, config_is_set(c, "daemon", "state_dir"));
    }
    if (*c->tree == '\0') {
        free(c->tree);
        c->tree = config_path_tree(c->file);
    }
    account_place(c);
    struct sockaddr_un address;
    if (strlen(c->socket) >= sizeof(address.sun_path)) {
        return err_set(e, ERR_CONFIG,
                       "the socket's path may have %zu bytes at most, set a shorter [daemon] "
                       "socket: %s",
                       sizeof(address.sun_path) - 1, c->socket);
    }
    return ERR_OK;
}

/* What one key may be depends on another. */
static enum err_code sources_check(const struct config *c, struct err *e)
{
    if (c->musicbrainz_interval_ms < 1000 && !url_is_loopback(c->musicbrainz_url)) {
        return err_set(e, ERR_CONFIG,
                       "sources.musicbrainz_interval: MusicBrainz allows one request a second, so "
                       "less than 1s is only for a mirror on this machine");
    }
    if (strpbrk(c->contact, "()\r\n") != NULL) {
        return err_set(e, ERR_CONFIG,
                       "sources.contact: a mail or web address has no brackets or line ends");
    }
    return ERR_OK;
}

/* The account that was named, by the caller or in the environment. */
static enum err_code account_take(struct config *c, const char *name, struct err *e)
{
    const char *variable = getenv("GENRED_ACCOUNT");
    if (name == NULL && (variable == NULL || *variable == '\0')) {
        return ERR_OK;
    }
    if (account_check(name != NULL ? name : variable, e) != ERR_OK) {
        return name != NULL ? e->code : err_wrap(e, "environment GENRED_ACCOUNT");
    }
    c->account = mem_strdup(name != NULL ? name : variable);
    return ERR_OK;
}

enum err_code config_load(const char *path, const char *account, struct config *ret, struct err *e)
{
    struct config c = {.file = config_path_file(path)};
    enum err_code code = account_take(&c, account, e);
    if (code == ERR_OK) {
        code = defaults_take(&c, e);
    }
    if (code == ERR_OK && c.file != NULL) {
        code = file_take(&c, e);
    }
    if (code == ERR_OK) {
        code = environment_take(&c, e);
    }
    if (code == ERR_OK) {
        code = paths_take(&c, e);
    }
    if (code == ERR_OK) {
        code = sources_check(&c, e);
    }
    if (code != ERR_OK) {
        config_free(&c);
        return code;
    }
    *ret = c;
    return ERR_OK;
}

static char **text_field(struct config *c, const struct config_key *k)
{
    switch (k->type) {
    case CONFIG_TEXT:
    case CONFIG_PATH:
    case CONFIG_URL:
    case CONFIG_LISTEN:
    case CONFIG_TEMPLATE:
        return (char **)(void *)((char *)c + k->at);
    case CONFIG_INT:
    case CONFIG_NUM:
    case CONFIG_BOOL:
    case CONFIG_DURATION:
    case CONFIG_LEVEL:
    case CONFIG_LIST:
    case CONFIG_SOURCES:
    case CONFIG_PLACES:
        break;
    }
    return NULL;
}

void config_free(struct config *c)
{
    if (c == NULL) {
        return;
    }
    for (size_t i = 0; i < config_n_keys; i++) {
        char **text = text_field(c, &config_keys[i]);
        if (text != NULL) {
            free(*text);
        }
    }
    free(c->file);
    free(c->account);
    free(c->listen_host);
    free(c->accounts_dir);
    free(c->first_socket);
    free(c->system_socket);
    config_value_list_free(&c->order);
    config_value_list_free(&c->from);
    config_value_list_free(&c->genres);
    config_value_list_free(&c->warnings);
    *c = (struct config){0};
}

bool config_is_set(const struct config *c, const char *section, const char *key)
{
    size_t row = key_find(section, key);
    return row != SIZE_MAX && (c->set >> row & 1) != 0;
}

bool config_is_from_environment(const struct config *c, const char *section, const char *key)
{
    size_t row = key_find(section, key);
    return row != SIZE_MAX && (c->from_environment >> row & 1) != 0;
}

void config_warn(const struct config *c)
{
    for (size_t i = 0; i < c->warnings.n; i++) {
        log_warning("config: %s", c->warnings.items[i]);
    }
}
