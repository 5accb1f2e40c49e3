#include "base/json.h"

#include <assert.h>
#include <cjson/cJSON.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json_scan.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/secret.h"
#include "base/text.h"

static const cJSON *inner(const struct json *j)
{
    return (const cJSON *)(const void *)j;
}

static cJSON *inner_mutable(struct json *j)
{
    return (cJSON *)(void *)j;
}

static const struct json *outer(const cJSON *item)
{
    return (const struct json *)(const void *)item;
}

/* cJSON builds nothing only when memory is out. */
static void *checked(void *p)
{
    if (p == NULL) {
        log_error("json: out of memory");
        abort();
    }
    return p;
}

static struct json *made(cJSON *item)
{
    return checked(item);
}

enum err_code json_parse(const char *text, size_t n, struct json **ret_json, struct err *e)
{
    const char *why = NULL;
    size_t at = json_scan(text, n, &why);
    if (why != NULL) {
        return err_set(e, ERR_FORMAT, "no JSON: %s at byte %zu", why, at);
    }
    cJSON *item = cJSON_ParseWithLength(text, n);
    if (item == NULL) {
        return err_set(e, ERR_FORMAT, "no JSON: unreadable");
    }
    *ret_json = made(item);
    return ERR_OK;
}

void json_free(struct json *j)
{
    cJSON_Delete(inner_mutable(j));
}

void json_wipe(struct json *j)
{
    cJSON *item = json_is_object(j) ? inner_mutable(j)->child : NULL;
    for (; item != NULL; item = item->next) {
        if (cJSON_IsString(item)) {
            secret_zero(item->valuestring, strlen(item->valuestring));
        }
    }
    json_free(j);
}

const struct json *json_get(const struct json *j, const char *key)
{
    return json_is_object(j) ? outer(cJSON_GetObjectItemCaseSensitive(inner(j), key)) : NULL;
}

const struct json *json_first(const struct json *j)
{
    return json_is_object(j) || json_is_array(j) ? outer(inner(j)->child) : NULL;
}

const struct json *json_next(const struct json *j)
{
    return j != NULL ? outer(inner(j)->next) : NULL;
}

const char *json_key(const struct json *j)
{
    return j != NULL ? inner(j)->string : NULL;
}

size_t json_size(const struct json *j)
{
    size_t n = 0;
    for (const struct json *child = json_first(j); child != NULL; child = json_next(child)) {
        n++;
    }
    return n;
}

bool json_is_null(const struct json *j)
{
    return j == NULL || cJSON_IsNull(inner(j));
}

bool json_is_object(const struct json *j)
{
    return cJSON_IsObject(inner(j));
}

bool json_is_array(const struct json *j)
{
    return cJSON_IsArray(inner(j));
}

bool json_is_string(const struct json *j)
{
    return cJSON_IsString(inner(j));
}

/* Raw values are our own numbers, see json_set_int. */
bool json_is_number(const struct json *j)
{
    return cJSON_IsNumber(inner(j)) || cJSON_IsRaw(inner(j));
}

bool json_is_bool(const struct json *j)
{
    return cJSON_IsBool(inner(j));
}

const char *json_str(const struct json *j)
{
    return json_is_string(j) ? inner(j)->valuestring : NULL;
}

double json_num(const struct json *j, double otherwise)
{
    if (cJSON_IsRaw(inner(j))) {
        return (double)json_int(j, 0);
    }
    return cJSON_IsNumber(inner(j)) && isfinite(inner(j)->valuedouble) ? inner(j)->valuedouble
                                                                       : otherwise;
}

int64_t json_int(const struct json *j, int64_t otherwise)
{
    int64_t value = otherwise;
    if (cJSON_IsRaw(inner(j))) {
        text_to_int(inner(j)->valuestring, INT64_MIN, INT64_MAX, &value);
        return value;
    }
    double num = json_num(j, HUGE_VAL);
    /* cppcheck-suppress incorrectLogicOperator ; it misreads hexadecimal floats */
    return num >= -0x1p63 && num < 0x1p63 ? (int64_t)num : otherwise;
}

bool json_bool(const struct json *j, bool otherwise)
{
    return json_is_bool(j) ? cJSON_IsTrue(inner(j)) : otherwise;
}

const char *json_get_str(const struct json *j, const char *key)
{
    return json_str(json_get(j, key));
}

double json_get_num(const struct json *j, const char *key, double otherwise)
{
    return json_num(json_get(j, key), otherwise);
}

int64_t json_get_int(const struct json *j, const char *key, int64_t otherwise)
{
    return json_int(json_get(j, key), otherwise);
}

bool json_get_bool(const struct json *j, const char *key, bool otherwise)
{
    return json_bool(json_get(j, key), otherwise);
}

struct json *json_object(void)
{
    return made(cJSON_CreateObject());
}

struct json *json_array(void)
{
    return made(cJSON_CreateArray());
}

struct json *json_copy(const struct json *j)
{
    return made(j != NULL ? cJSON_Duplicate(inner(j), true) : cJSON_CreateNull());
}

static struct json *string_of(const char *s)
{
    if (s == NULL) {
        return made(cJSON_CreateNull());
    }
    size_t n = strlen(s);
    if (text_is_utf8(s, n)) {
        return made(cJSON_CreateString(s));
    }
    /* A bad byte would make the whole text unreadable for the other side. */
    char *clean = mem_array(n + 1, 3);
    char *out = clean;
    for (size_t len, at = 0; at < n; at += len) {
        uint32_t c;
        len = text_utf8_next(s + at, n - at, &c);
        size_t put = len > 0 ? len : 3;
        memcpy(out, len > 0 ? s + at : "\xef\xbf\xbd", put);
        out += put;
        len = len > 0 ? len : 1;
    }
    struct json *j = made(cJSON_CreateString(clean));
    free(clean);
    return j;
}

void json_set(struct json *object, const char *key, struct json *value)
{
    assert(json_is_object(object));
    cJSON *item = inner_mutable(value != NULL ? value : made(cJSON_CreateNull()));
    cJSON_bool done;
    if (json_get(object, key) != NULL) {
        done = cJSON_ReplaceItemInObjectCaseSensitive(inner_mutable(object), key, item);
    } else {
        done = cJSON_AddItemToObject(inner_mutable(object), key, item);
    }
    checked(done ? item : NULL);
}

void json_set_str(struct json *object, const char *key, const char *value)
{
    json_set(object, key, string_of(value));
}

/* cJSON writes numbers from 10^15 on as 1e+15, and rounds those beyond 2^53. */
static struct json *int_of(int64_t value)
{
    if (value < 1000000000000000 && value > -1000000000000000)
        return made(cJSON_CreateNumber((double)value));
    char digits[24];
    snprintf(digits, sizeof(digits), "%lld", (long long)value);
    return made(cJSON_CreateRaw(digits));
}

void json_set_int(struct json *object, const char *key, int64_t value)
{
    json_set(object, key, int_of(value));
}

void json_set_num(struct json *object, const char *key, double value)
{
    json_set(object, key, made(isfinite(value) ? cJSON_CreateNumber(value) : cJSON_CreateNull()));
}

void json_set_bool(struct json *object, const char *key, bool value)
{
    json_set(object, key, made(cJSON_CreateBool(value)));
}

void json_set_null(struct json *object, const char *key)
{
    json_set(object, key, NULL);
}

void json_add(struct json *array, struct json *value)
{
    assert(json_is_array(array));
    cJSON *item = inner_mutable(value != NULL ? value : made(cJSON_CreateNull()));
    checked(cJSON_AddItemToArray(inner_mutable(array), item) ? item : NULL);
}

void json_add_str(struct json *array, const char *value)
{
    json_add(array, string_of(value));
}

void json_add_num(struct json *array, double value)
{
    json_add(array, made(isfinite(value) ? cJSON_CreateNumber(value) : cJSON_CreateNull()));
}

void json_add_int(struct json *array, int64_t value)
{
    json_add(array, int_of(value));
}

void json_print(const struct json *j, bool indented, struct buf *b)
{
    if (j == NULL) {
        buf_add_str(b, "null");
        return;
    }
    char *text = checked(indented ? cJSON_Print(inner(j)) : cJSON_PrintUnformatted(inner(j)));
    buf_add_str(b, text);
    cJSON_free(text);
}
