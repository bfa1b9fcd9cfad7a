/* Which config files the operator means: arguments, folders, or nothing at all. */
#ifndef HEDDLE_FLEET_H
#define HEDDLE_FLEET_H

#include "heddle/config.h"

typedef struct FleetFile {
    char *path;       /* as it is to be opened and shown (folder joined with what is in it) */
    ActorKind forced; /* from `kind:FILE`, else KIND_UNKNOWN */
    gboolean
        named; /* the operator named this very file (so a wrong one is a failure, not a skip) */
    FileStamp stamp; /* of the file as it was met; zeros: no regular file */
} FleetFile;

typedef struct FleetSkip {
    char *path;
    char *reason; /* clean, one line */
} FleetSkip;

typedef struct Fleet {
    GPtrArray *files;   /* of FleetFile *, in order of argument, then of path; no path twice */
    GPtrArray *skipped; /* of FleetSkip * */
    char *source;       /* "arguments", "configs/", "$HEDDLE_CONFIGS" or NULL: none, only the bus */
} Fleet;

/* Walk `args` (NULL-terminated; NULL or empty: `configs/` here if it is a folder, else the folders
 * in $HEDDLE_CONFIGS, separated by `:`, else none). An argument is a file, a folder (walked in
 * depth,
 * *.yaml and *.yml; `_*` files, folders named `councils`, hidden folders and, counted a folder, all
 * other files are skipped and say so; links to folders are followed once, loops are cut; at most
 * 10,000 files and 32 levels, the rest said as skipped) or `kind:FILE`. A named path that does not
 * exist stays a file: its check says "not found". Blocks on the file system: call on a runner. Free
 * with fleet_free(). */
Fleet *fleet_walk(const char *const *args);
void fleet_free(Fleet *fleet);

#endif
