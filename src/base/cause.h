/* Why a link is broken, as one short stable word. The words are the ids of the remedy table and
 * appear in reports, so a word once published is never changed. */
#ifndef BASE_CAUSE_H
#define BASE_CAUSE_H

#define CAUSES(X)                                                                                  \
    X(NONE, "none")                                                                                \
    X(BAD_URL, "bad_url")                                                                          \
    X(SERVER_DOWN, "server_down")                                                                  \
    X(HEDDLE_URL, "heddle_url")                                                                    \
    X(UNKNOWN_HOST, "unknown_host")                                                                \
    X(RESOLVER_SILENT, "resolver_silent")                                                          \
    X(ADDRESS_MOVED, "address_moved")                                                              \
    X(REFUSED, "refused")                                                                          \
    X(UNREACHABLE, "unreachable")                                                                  \
    X(TIMED_OUT, "timed_out")                                                                      \
    X(RESET, "reset")                                                                              \
    X(SILENT, "silent")                                                                            \
    X(PATH_LOST, "path_lost")                                                                      \
    X(NOT_NATS, "not_nats")                                                                        \
    X(MONITORING_PORT, "monitoring_port")                                                          \
    X(ROUTE_PORT, "route_port")                                                                    \
    X(OLD_SERVER, "old_server")                                                                    \
    X(TLS_REQUIRED, "tls_required")                                                                \
    X(TLS_NOT_OFFERED, "tls_not_offered")                                                          \
    X(TLS_UNTRUSTED, "tls_untrusted")                                                              \
    X(TLS_SELF_SIGNED, "tls_self_signed")                                                          \
    X(TLS_NAME, "tls_name")                                                                        \
    X(TLS_EXPIRED, "tls_expired")                                                                  \
    X(TLS_NOT_YET_VALID, "tls_not_yet_valid")                                                      \
    X(TLS_CLIENT_CERT, "tls_client_cert")                                                          \
    X(TLS_CLIENT_REFUSED, "tls_client_refused")                                                    \
    X(TLS_FILES, "tls_files")                                                                      \
    X(TLS_FIRST, "tls_first")                                                                      \
    X(TLS_FIRST_HERE, "tls_first_here")                                                            \
    X(TLS_NOT_FIRST, "tls_not_first")                                                              \
    X(TLS_OPTIONAL, "tls_optional")                                                                \
    X(TLS_VERSION, "tls_version")                                                                  \
    X(TLS_FAILED, "tls_failed")                                                                    \
    X(AUTH_REQUIRED, "auth_required")                                                              \
    X(AUTH_FAILED, "auth_failed")                                                                  \
    X(AUTH_EXPIRED, "auth_expired")                                                                \
    X(CREDS_FILE, "creds_file")                                                                    \
    X(CREDS_OPEN, "creds_open")                                                                    \
    X(MAX_CONNECTIONS, "max_connections")                                                          \
    X(PERMISSIONS, "permissions")                                                                  \
    X(SLOW_CONSUMER, "slow_consumer")                                                              \
    X(MAX_PAYLOAD, "max_payload")                                                                  \
    X(LAME_DUCK, "lame_duck")                                                                      \
    X(CLOSED, "closed")                                                                            \
    X(CANCELLED, "cancelled")

typedef enum Cause {
#define X(id, word) CAUSE_##id,
    CAUSES(X)
#undef X
        CAUSE_COUNT
} Cause;

/* The stable word, for example "refused". Static storage, never NULL. */
const char *cause_word(Cause cause);

#endif
