/* The command line. */
#ifndef OPTIONS_H
#define OPTIONS_H

#include "mesh/model.h"
#include "mesh/report.h"

typedef struct Options {
    char *url;
    char *monitor_url; /* NULL: not given */
    Origin origin;
    Access *access; /* never NULL after OPTIONS_GO */
    Tier tier;
    int timeout_ms, smoke_timeout_ms, wait_ms;
    char *worker_type, *payload;
    SmokeMode mode;
    gboolean once, smoke, read_only, demo, version, no_colour;
    ReportForm form;
    gboolean print_profile;
    char **configs;   /* NULL-terminated */
    Profile *profile; /* NULL: none */
    char *env_file;   /* NULL: this process's environment */
    Origin origins[SETTING_COUNT];
} Options;

/* What came of reading the command line: go on, or leave with this status. */
typedef enum OptionsOutcome { OPTIONS_GO = -1, OPTIONS_DONE = 0, OPTIONS_BAD = 3 } OptionsOutcome;

/* Read argv (and NATS_URL, HEDDLE_CONFIGS, NO_COLOR). Prints --help and --version to stdout, what
 * is wrong to stderr in one clean line that holds no password. A password in argv is overwritten
 * there, so that `ps` does not show it for longer than it must. */
OptionsOutcome options_read(Options *options, int argc, char **argv);
void options_clear(Options *options);

/* The model that these options describe. */
Model *options_model(const Options *options);

#endif
