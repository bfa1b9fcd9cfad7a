/* What a server's message trace (2.11 and later) tells of one publication: to which connections it
 * went, by which subscription and queue group, or why not. Facts: ../shared/facts-nats.md, "Message
 * tracing"; the shape is that of 2.15.1. A stranger's JSON: names in it are cleaned. */
#ifndef NATS_TRACE_H
#define NATS_TRACE_H

#include "base/text.h"

/* A trace longer than this is not read: the publication went to more than a thousand. */
#define TRACE_MAX_BYTES (256 * 1024)

typedef struct TraceEgress { /* strings clean, never NULL */
    gboolean client;         /* to a client; else to another server, account or leaf node */
    guint64 cid;             /* of the connection, on the server that tells */
    char *name;              /* that the connection gave itself; "" none */
    char *subject, *queue;   /* of its subscription; queue "" for none */
    char *error;             /* why it did not go there; "" it did */
} TraceEgress;

typedef struct Trace {
    char *server;      /* name of the one that tells; "" not told */
    char *error;       /* why it took nothing in; "" it did */
    gboolean mapped;   /* to another subject, or into another account */
    GPtrArray *egress; /* of TraceEgress * */
} Trace;

/* NULL with *why (clean, caller frees) when it is no trace. Free with trace_free(). */
Trace *trace_read(RawText bytes, char **why);
void trace_free(Trace *trace);

/* TRUE for "2.11.0" and later. NULL is none. */
gboolean trace_offered(const char *version);

#endif
