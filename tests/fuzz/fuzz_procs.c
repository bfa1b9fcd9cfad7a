/* Any process may call itself anything: its command line is an actor's or not, what is shown of it
 * is clean and without passwords, and a line of the table of connections is read or refused. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "heddle/procs_args.h"
#include "heddle/procs_net.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must_be_clean(const char *text)
{
    if (!g_utf8_validate(text, -1, NULL) || g_utf8_strlen(text, -1) > 1025 * 3)
        abort();
    for (const char *c = text; *c != '\0'; c++)
        if ((unsigned char)*c < ' ')
            abort();
    if (strstr(text, ":s3cr3t@") != NULL)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *bytes = (const char *)data;
    g_autofree char *shown = proc_args_shown(bytes, size), *line = g_strndup(bytes, size);
    ProcArgs args;
    ProcSocket socket;
    unsigned state;
    guint64 inode;

    must_be_clean(shown);
    if (proc_args_read(&args, bytes, size)) {
        if ((args.kind == KIND_UNKNOWN) != (args.monitor != FALSE))
            abort();
        proc_args_clear(&args);
    } else if (args.config != NULL || args.tier != NULL || args.url != NULL) {
        abort();
    }
    if (procs_net_line(line, &socket, &state, &inode)) {
        must_be_clean(socket.local);
        must_be_clean(socket.remote);
    }
    return 0;
}
