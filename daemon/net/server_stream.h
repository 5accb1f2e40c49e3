/* Replies that are sent as they come: the part between the app's server_stream_ functions and MHD.
 */
#ifndef DAEMON_NET_SERVER_STREAM_H
#define DAEMON_NET_SERVER_STREAM_H

#include "daemon/net/server_private.h"

/* The reply that reads from st; it owns the server's share of st. */
struct MHD_Response *server_stream_response(struct server_stream *st);
/* The client is gone, or is sent away: MHD ends the connection in a later turn. */
void server_stream_kill(struct server_stream *st);

#endif
