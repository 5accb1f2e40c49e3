#include "daemon/setup.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"
#include "daemon/app.h"
#include "store/setting.h"

#define CLIENT_ID       "client_id"
#define CLIENT_ID_CHARS 32
#define REDIRECT_URI    "http://127.0.0.1/callback"
#define DASHBOARD       "https://developer.spotify.com/dashboard"

static void lay(struct app *a, const char *client_id)
{
    free(a->config.client_id);
    a->config.client_id = mem_strdup(client_id);
    a->client_id_stored = *client_id != '\0';
}

enum err_code setup_lay(struct app *a, struct err *e)
{
    struct buf text;
    a->client_id_stored = false;
    if (*a->config.client_id)
        return ERR_OK;
    buf_init(&text, 256);
    enum err_code code = store_setting_get(a->store, CLIENT_ID, &text, e);
    if (code == ERR_OK)
        lay(a, buf_str(&text));
    buf_free(&text);
    return code;
}

static bool is_fixed(const struct app *a)
{
    return *a->config.client_id && !a->client_id_stored;
}

struct json *setup_json(const struct app *a)
{
    struct json *j = json_object();
    json_set_str(j, "client_id", a->config.client_id);
    json_set_bool(j, "client_id_fixed", is_fixed(a));
    json_set_str(j, "redirect_uri", REDIRECT_URI);
    json_set_str(j, "dashboard", DASHBOARD);
    json_set_str(j, "config_file", a->config.file);
    return j;
}

static enum err_code check(const struct app *a, const char *client_id, struct err *e)
{
    if (is_fixed(a))
        return err_set(e, ERR_USAGE,
                       "client_id is set in the configuration file or the environment: change it "
                       "there");
    if (strlen(client_id) != CLIENT_ID_CHARS ||
        strspn(client_id, "0123456789abcdef") != CLIENT_ID_CHARS)
        return err_set(
            e, ERR_USAGE,
            "a Client ID has %d characters, each 0 to 9 or a to f: copy it from the app's "
            "settings in Spotify's dashboard",
            CLIENT_ID_CHARS);
    return ERR_OK;
}

enum err_code setup_put(struct app *a, const char *client_id, struct err *e)
{
    char *copy = mem_strdup(client_id);
    const char *id = text_trim(copy);
    enum err_code code = check(a, id, e);
    if (code == ERR_OK && !text_equal(id, a->config.client_id)) {
        session_cancel(&a->session); /* it was begun for the other app */
        if (runs_is_busy(&a->runs) || runner_is_busy(a->session.runner))
            code = err_set(e, ERR_BUSY, "a run goes on with the old Client ID: try again later");
        if (code == ERR_OK)
            code = store_setting_put(a->store, CLIENT_ID, id, strlen(id), e);
        if (code == ERR_OK) {
            lay(a, id);
            log_info("setup: client id set");
            code = app_load_login(a, e);
            schedule_renew(&a->schedule);
            expiry_renew(&a->expiry);
        }
    }
    free(copy);
    return code;
}

void setup_forget(struct app *a)
{
    if (a->client_id_stored)
        lay(a, "");
    text_copy(a->token.client_id, sizeof(a->token.client_id), a->config.client_id);
}
