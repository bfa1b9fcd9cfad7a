/* The watchdog of natsConnection_Connect(): libnats 3.4.1 does not bound it (a server that sends
 * INFO and then nothing keeps it for ever at 100 % of a core). Shutting its socket down makes it
 * return within 2 ms (measured, ../shared/facts-nats.md). */
#ifndef NATS_WATCHDOG_H
#define NATS_WATCHDOG_H

typedef struct Watchdog Watchdog;

/* From now on in `timeout_ms`, shut down every socket of this process that is connected to
 * `address`
 * ("10.0.3.7:4222", "[::1]:4222"), was not there when this was called, and belongs to no ladder.
 * Again every 100 ms until stopped, since libnats may dial once more. NULL if no thread could be
 * made. */
Watchdog *watchdog_start(const char *address, int timeout_ms);

/* Call it off (NULL is fine). Returns non-zero if it had bitten. Waits for its thread: some ms. */
int watchdog_stop(Watchdog *dog);

#endif
