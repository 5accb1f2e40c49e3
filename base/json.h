/* Reading and building JSON over cJSON, which only this module includes. All getters accept NULL
 * and values of another type: an answer from a service is never trusted to have its documented
 * shape. */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

struct json;

/* ERR_FORMAT unless text[0..n) is one JSON value (RFC 8259) and nothing else, within the limits of
 * base/json_scan.h. Caller: json_free. */
ERR_NODISCARD enum err_code json_parse(const char *text, size_t n, struct json **ret_json,
                                       struct err *e);
void json_free(struct json *j);
/* The same, and an object's own texts are zeroed: one of them may be a password. */
void json_wipe(struct json *j);

/* Borrowed children; NULL when j is no object or array, or has no such member. */
const struct json *json_get(const struct json *j, const char *key);
const struct json *json_first(const struct json *j);
const struct json *json_next(const struct json *j);
const char *json_key(const struct json *j); /* of an object's member; NULL otherwise */
size_t json_size(const struct json *j);     /* of an array or object, else 0 */

bool json_is_null(const struct json *j); /* null or absent */
bool json_is_object(const struct json *j);
bool json_is_array(const struct json *j);
bool json_is_string(const struct json *j);
bool json_is_number(const struct json *j);
bool json_is_bool(const struct json *j);

const char *json_str(const struct json *j); /* NULL unless a string */
double json_num(const struct json *j, double otherwise);
/* Truncated; otherwise when out of range. Parsed integers are exact up to 2^53, built ones always.
 */
int64_t json_int(const struct json *j, int64_t otherwise);
bool json_bool(const struct json *j, bool otherwise);
/* json_str(json_get(j, key)) and so on. */
const char *json_get_str(const struct json *j, const char *key);
double json_get_num(const struct json *j, const char *key, double otherwise);
int64_t json_get_int(const struct json *j, const char *key, int64_t otherwise);
bool json_get_bool(const struct json *j, const char *key, bool otherwise);

/* Building. Children given to json_set and json_add are owned by the parent afterwards. */
struct json *json_object(void);
struct json *json_array(void);
struct json *json_copy(const struct json *j);
void json_set(struct json *object, const char *key, struct json *value);
void json_set_str(struct json *object, const char *key,
                  const char *value); /* NULL: null; bad UTF-8: U+FFFD */
void json_set_int(struct json *object, const char *key, int64_t value);
void json_set_num(struct json *object, const char *key, double value); /* not finite: null */
void json_set_bool(struct json *object, const char *key, bool value);
void json_set_null(struct json *object, const char *key);
void json_add(struct json *array, struct json *value);
void json_add_str(struct json *array, const char *value);
void json_add_num(struct json *array, double value); /* not finite: null */
void json_add_int(struct json *array, int64_t value);
/* One line without blanks, or indented. Appended to b. */
void json_print(const struct json *j, bool indented, struct buf *b);

#endif
