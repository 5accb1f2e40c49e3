/* One request to a reply: MHD's calls put together into one call of the handler. */
#ifndef DAEMON_NET_SERVER_EXCHANGE_H
#define DAEMON_NET_SERVER_EXCHANGE_H

#include "daemon/net/server_private.h"

/* MHD_AccessHandlerCallback and MHD_RequestCompletedCallback; ctx is the struct server. */
enum MHD_Result server_exchange_access(void *ctx, struct MHD_Connection *connection,
                                       const char *path, const char *method, const char *version,
                                       const char *data, size_t *data_size, void **exchange);
void server_exchange_completed(void *ctx, struct MHD_Connection *connection, void **exchange,
                               enum MHD_RequestTerminationCode why);

#endif
