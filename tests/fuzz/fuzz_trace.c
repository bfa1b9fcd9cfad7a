/* Any bytes may come on the subject of a trace: what is read of them is clean and bounded. */
#include <stdint.h>
#include <stdlib.h>

#include "nats/trace.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must_be_clean(const char *text)
{
    if (text == NULL || !g_utf8_validate(text, -1, NULL))
        abort();
    for (; *text != '\0'; text++)
        if ((unsigned char)*text < ' ')
            abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autofree char *why = NULL;
    Trace *trace = trace_read(raw_bytes(data, size), &why);

    if ((trace == NULL) != (why != NULL))
        abort();
    if (trace == NULL)
        return 0;
    must_be_clean(trace->server);
    must_be_clean(trace->error);
    for (unsigned i = 0; i < trace->egress->len; i++) {
        const TraceEgress *egress = g_ptr_array_index(trace->egress, i);

        must_be_clean(egress->name);
        must_be_clean(egress->subject);
        must_be_clean(egress->queue);
        must_be_clean(egress->error);
    }
    trace_free(trace);
    return 0;
}
