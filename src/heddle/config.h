/* Heddle's config check (heddle 0.9.2, cli/preflight.py check_config_readable), done without
 * Heddle: what its PyYAML would say of a file, in bounded time and memory, and what the file says
 * of the actor. libyaml does the parsing; where PyYAML's parser, composer and constructor differ,
 * the rules are ours (../shared/facts-yaml.md). */
#ifndef HEDDLE_CONFIG_H
#define HEDDLE_CONFIG_H

#include "base/state.h"
#include "heddle/kind.h"

/* Files over this many bytes are not read; the report says so. */
#define CONFIG_MAX_BYTES (16 * 1024 * 1024)

typedef enum ConfigOutcome {
    CONFIG_VALID,     /* Heddle: "Config file is valid YAML: {path}" */
    CONFIG_NOT_FOUND, /* Heddle: "Config file not found: {path}" */
    CONFIG_EMPTY,     /* Heddle: "Config file is empty: {path}" */
    CONFIG_INVALID,   /* Heddle: "Config file has invalid YAML: {path} (…)" */
    CONFIG_DIES,      /* Heddle would stop with a traceback instead of a sentence */
    CONFIG_TOO_LARGE  /* over CONFIG_MAX_BYTES, or shaped to take too long: cannot tell */
} ConfigOutcome;

/* Tells one version of a file from another without reading it. */
typedef struct FileStamp {
    gint64 mtime_ns, size, inode; /* all 0: no such file */
} FileStamp;

typedef struct ConfigReport {
    ConfigOutcome outcome;
    State state;  /* ok, fail, warn (valid, but the actor will not start or work), unknown */
    char *text;   /* Heddle's own sentence, or for CONFIG_DIES and CONFIG_TOO_LARGE ours; clean,
                     one line. For CONFIG_INVALID the bracket holds reason, line and column. */
    char *reason; /* short: what is wrong, without path; NULL when nothing is; clean */
    gboolean unreadable;   /* of CONFIG_DIES: the system refused the file (its rights) */
    unsigned line, column; /* 1-based place of the fault; 0: none */
    char *warning; /* said beside an ok: root is no mapping, name makes no subject, …; or NULL */

    ActorKind kind;     /* forced, else by content, else by folder name, else unknown */
    char *why_no_kind;  /* why KIND_UNKNOWN ("no key that Heddle's actors have", …); else NULL */
    char *name;         /* value of `name`, clean; NULL if absent or no scalar */
    char *default_tier; /* value of default_model_tier; NULL if absent */
    char *nats_url;     /* value of nats_url (mcp); NULL if absent. NOT cleaned of a password. */
    char *real_path;    /* raw: absolute, links resolved; NULL when there is no such file */
    char *example;      /* of a worker or processor: JSON of a payload that its input_schema takes;
                           NULL: it has none, or none could be made */
    double limits[HEDDLE_TIERS]; /* of a router: max_concurrent of each tier; 0: no limit */
    FileStamp stamp;             /* of the very bytes that were judged */
} ConfigReport;

/* Check one file. Blocks on file I/O: call on a runner. `forced` is KIND_UNKNOWN unless the
 * operator wrote `kind:FILE`. Never fails: what went wrong is in the report. Free with
 * config_report_free(). */
ConfigReport *config_check(const char *path, ActorKind forced);
void config_report_free(ConfigReport *report);

/* Stamp of the file now, links followed; all 0 when there is none. Blocks on stat(2). */
FileStamp config_stamp(const char *path);
gboolean file_stamp_equal(FileStamp a, FileStamp b);

#endif
