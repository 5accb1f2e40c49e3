/* The source that needs no network: files that the person imported. */
#ifndef DAEMON_JOBS_DATASET_H
#define DAEMON_JOBS_DATASET_H

#include <stdint.h>

#include "store/store.h"

#define DATASET_SOURCE "dataset"

/* Looks every liked song up that was not looked up since the last import. */
ERR_NODISCARD enum err_code dataset_match(struct store *s, struct err *e);

#endif
