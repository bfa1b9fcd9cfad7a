/* The part of nats/wire.c that hands login and TLS to libnats, and nobody else includes. */
#ifndef NATS_WIRE_LOGIN_H
#define NATS_WIRE_LOGIN_H

#include <nats/nats.h>

#include "nats/login.h"

/* `login` must outlive the connect, and no more: the link never lets libnats reconnect. */
natsStatus wire_set_login(natsOptions *opts, const Login *login);

/* TLS as the ladder has proved it. */
natsStatus wire_set_tls(natsOptions *opts, const NatsUrl *url, const Access *access);

/* Can this libnats begin with TLS, before INFO? Since 3.9. */
gboolean wire_can_begin_with_tls(void);

#endif
