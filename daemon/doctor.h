/* The daemon's part of `genrectl doctor`: database, model, login, network. */
#ifndef DAEMON_DOCTOR_H
#define DAEMON_DOCTOR_H

#include "daemon/net/server.h"

struct app;

/* Streams {"checks": [{name, ok, message, hint}]} once the network has answered. */
void doctor_examine(struct app *a, const struct server_request *req, struct server_reply *reply);

#endif
