/* Heddle's actors among the processes of this machine, from /proc (proc(5)). Everything in here is
 * what another process says of itself, so it is bounded and cleaned; passwords stay in one field,
 * and of the environment there is nothing but which variables are set.
 *
 * Reading the environment, the sockets, the folder and the output of a process needs its user, or
 * root; the command line anybody may read. Each of those says whether it could be read. A process
 * that ends while it is read is left out, or lacks what came too late. */
#ifndef HEDDLE_PROCS_H
#define HEDDLE_PROCS_H

#include "base/origin.h"
#include "heddle/env.h"
#include "heddle/kind.h"

/* Where standard output or standard error of a process leads. */
typedef enum ProcOutput {
    OUTPUT_UNKNOWN, /* another user's process, or it is closed */
    OUTPUT_FILE,
    OUTPUT_TERMINAL,
    OUTPUT_PIPE,   /* a program reads it: a container's runtime, tee */
    OUTPUT_SOCKET, /* systemd's journal, where there is a unit */
    OUTPUT_NOWHERE /* /dev/null, or another device */
} ProcOutput;

/* Whether paths of a process mean here what they mean to it. */
typedef enum ProcRoot {
    ROOT_UNKNOWN, /* another user's process */
    ROOT_SAME,
    ROOT_OTHER /* in a container or a chroot */
} ProcRoot;

typedef struct ProcSocket {
    char local[56];  /* "10.0.0.2:40000", "[fd00::2]:40000"; IPv4 in IPv6 is shown as IPv4 */
    char remote[56]; /* as nats/sockets.h and CONNZ have them, but for a zone */
} ProcSocket;

/* Strings are clean but for those said to be raw. Owns all of it. */
typedef struct HeddleProc {
    int pid, parent;
    int copy_of;       /* its parent, when that is the same command: a child that was forked off,
                          not an actor of its own; 0 otherwise */
    unsigned uid;      /* the user it runs as */
    gint64 started_us; /* wall clock, within a second: the kernel tells its own start so */
    char state;        /* as in ps: R, S, D run or wait, T is stopped, Z has ended; '?' */
    ActorKind kind;    /* KIND_UNKNOWN for a monitor */
    gboolean monitor;  /* `heddle ui` */
    char *command;     /* whole, for a shell; logins masked */
    char *config;      /* as typed, or the router's default; NULL when there is none */
    char *config_path; /* raw: absolute, links resolved where they can be, to be compared with
                          realpath(); NULL when its folder or its root is not ours to know */
    gboolean config_given; /* by a flag */
    char *tier;            /* flag, else the kind's default; NULL where the kind has none */
    gboolean tier_given;
    char *url;         /* raw, may hold a password: what it connects to. NULL for mcp, whose URL is
                          in its config */
    Origin url_origin; /* ORIGIN_FLAG or ORIGIN_DEFAULT: Heddle reads it from no variable */
    gboolean skip_preflight;
    ProcRoot root;
    gboolean env_readable;
    EnvReport *env[HEDDLE_TIERS]; /* Heddle's check over ITS environment at its start, for each of
                                     heddle_tiers; NULL unless env_readable */
    ProcOutput out, err;
    char *out_path, *err_path; /* raw: of OUTPUT_FILE, when that path leads to the same file from
                                  here; else NULL */
    char *unit;                /* systemd's, "heddle-router.service"; NULL */
    gboolean unit_of_user;     /* for systemctl --user */
    char *container;           /* the id's first 12 digits; NULL */
    gboolean sockets_readable; /* else the next two say nothing */
    GArray *sockets;           /* of ProcSocket: established TCP connections, no matter to whom;
                                  at most 64 */
    unsigned connecting;       /* TCP connections that are being made */
} HeddleProc;

typedef struct ProcScan {
    GPtrArray *procs;  /* of HeddleProc, by pid; at most 4,096 */
    unsigned seen;     /* processes looked at */
    gboolean readable; /* FALSE: there is no /proc, so nothing is known */
    gboolean hidden;   /* other users' processes do not show here (mount option hidepid) */
    gboolean partial;  /* there are more of them than that */
} ProcScan;

/* Look at all processes below `proc_root` (normally "/proc"). Blocks: for a runner's thread. Takes
 * about 10 µs a process, and some 200 µs an actor. Free with procs_free(). Never NULL. */
ProcScan *procs_scan(const char *proc_root);
void procs_free(ProcScan *scan); /* wipes URLs; NULL is fine */

#endif
