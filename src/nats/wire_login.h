/* The part of nats/wire.c that hands a login to libnats, and nobody else includes. */
#ifndef NATS_WIRE_LOGIN_H
#define NATS_WIRE_LOGIN_H

#include <nats/nats.h>

#include "nats/login.h"

/* `login` must outlive the connect, and no more: the link never lets libnats reconnect. */
natsStatus wire_set_login(natsOptions *opts, const Login *login);

#endif
