/* What a command line says, if it is one of Heddle's actors. Heddle 0.9.2, cli/main.py, and click
 * 8: an option's value is the next argument or stands after `=`, the last of several wins, long
 * options are never abbreviated, and none is read from the environment. */
#ifndef HEDDLE_PROCS_ARGS_H
#define HEDDLE_PROCS_ARGS_H

#include "heddle/kind.h"

/* Strings are as typed, not clean, and NULL where the option is not given. */
typedef struct ProcArgs {
    ActorKind kind;   /* KIND_UNKNOWN for a monitor */
    gboolean monitor; /* `heddle ui` */
    char *config;
    char *tier;
    char *url; /* --nats-url: may hold a password */
    gboolean skip_preflight;
} ProcArgs;

/* Read the `len` bytes of /proc/PID/cmdline: NUL after each argument. FALSE (and *args all zero)
 * when this is no actor and no monitor: another program, another of Heddle's commands, or a program
 * that runs Heddle as its child (uv, sudo, sh, timeout). Clear with proc_args_clear(). */
gboolean proc_args_read(ProcArgs *args, const char *bytes, gsize len);
void proc_args_clear(ProcArgs *args); /* wipes the URL */

/* The same bytes as one clean line, quoted as a shell would want it, without any password; at most
 * 1,024 characters. Caller frees. */
char *proc_args_shown(const char *bytes, gsize len);

#endif
