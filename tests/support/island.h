/* A network and name service of the test's own: a new network namespace, with nothing but a
 * loopback interface, and a new mount namespace, where files of /etc can be other ones. Check runs
 * each test in a process of its own, so it ends with the test. */
#ifndef TESTS_SUPPORT_ISLAND_H
#define TESTS_SUPPORT_ISLAND_H

#include <glib.h>

/* From here on this process and its children are there. FALSE, and it is said, where the kernel
 * does not let us; under $CI that fails the test. Before any thread is started. */
gboolean island_enter(void);

/* Only /etc/hosts, which holds this text, resolves names: any other is unknown at once. May be
 * called again: the names then have other addresses. */
void island_set_hosts(const char *hosts);

/* Names are asked of 127.0.0.1 alone, where something takes the question and never answers. */
void island_silence_resolver(void);

/* Packets to this IPv4 address leave, and nobody ever answers. */
void island_swallow(const char *address);

/* Take the loopback interface down: what is connected is not told, and nothing arrives any more. */
void island_cut(void);

#endif
