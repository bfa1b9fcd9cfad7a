/* What servers that misbehave say, for fake_start(): each serves one connection. */
#ifndef TESTS_SUPPORT_TALK_H
#define TESTS_SUPPORT_TALK_H

#include "tests/support/fake.h"

/* The greeting of a server that means well; of one that wants TLS after it. */
#define TALK_INFO     "INFO {\"server_id\":\"X\",\"version\":\"2.9.10\",\"max_payload\":1048576} \r\n"
#define TALK_INFO_TLS "INFO {\"server_id\":\"X\",\"version\":\"2.9.10\",\"tls_required\":true} \r\n"

/* Bytes with an escape sequence among them; another protocol's. */
void talk_garbage(int fd);
void talk_ssh(int fd);
void talk_redis(int fd);
void talk_http(int fd);

/* Nothing; nothing after INFO; an INFO that comes byte by byte; one that never ends. */
void talk_nothing(int fd);
void talk_info_only(int fd);
void talk_drip(int fd);
void talk_endless_info(int fd);

/* After CONNECT lines without end; one line of 10 MiB that does not end. */
void talk_without_end(int fd);
void talk_long_line(int fd);

/* INFO that wants TLS and then nothing; a handshake with the certificate of $SSL_CERT_FILE (key.pem
 * beside it) and then the end of the connection. */
void talk_tls_stall(int fd);
void talk_tls_break(int fd);

#endif
