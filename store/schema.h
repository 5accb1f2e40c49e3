/* The schema as a named list of migrations, each applied once and never changed afterwards. */
#ifndef STORE_SCHEMA_H
#define STORE_SCHEMA_H

#include "base/err.h"
#include "store/store.h"

/* Applies what is missing in one transaction. ERR_STORE when the database is of a newer genred. */
ERR_NODISCARD enum err_code schema_migrate(struct store *s, struct err *e);

#endif
