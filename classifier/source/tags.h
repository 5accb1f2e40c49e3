/* Weighted tags as services list them. */
#ifndef CLASSIFIER_SOURCE_TAGS_H
#define CLASSIFIER_SOURCE_TAGS_H

#include <stdint.h>

#include "base/arena.h"
#include "base/json.h"
#include "classifier/source/source.h"

#define TAGS_MAX 20

/* list: [{name, count}], or a single such object. Those with at least `least`, in lower case,
 * heaviest first, then by name, each once, at most TAGS_MAX; without what people note with tags
 * beside genres ("seen live"). find becomes SOURCE_KNOWN with them, or SOURCE_ABSENT without any.
 *
 * Other tags that are no genres stay: the model has no token for most of them, and a genre of the
 * person's own may be made of any tag. */
void tags_take(const struct json *list, int64_t least, struct arena *a, struct source_find *find);

#endif
