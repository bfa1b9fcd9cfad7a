/* Heddle's environment check (heddle 0.9.2, cli/preflight.py check_env_vars). Results are warnings,
 * never failures, and no value of a variable is ever in a text. */
#ifndef HEDDLE_ENV_H
#define HEDDLE_ENV_H

#include "heddle/config.h"

/* How to look a variable up: returns its value or NULL. `data` is the caller's. */
typedef const char *(*EnvLookup)(const char *name, void *data);

/* The variables that the check looks up, whatever the tier. */
enum { ENV_ASKED = 3 };
extern const char *const env_asked[ENV_ASKED];

typedef struct EnvReport {
    State state; /* ok, warn, skipped when the tier asks for nothing, or unknown when the
                    environment could not be looked at */
    char *text;  /* Heddle's sentence for a warning, else what is set, e.g. "OLLAMA_URL is set";
                    clean */
    char *brief; /* for a panel row, under 40 columns: "LM_STUDIO_URL or OLLAMA_URL" */
    char *note;  /* what else is worth saying (both URLs set: LM Studio wins unless
                    HEDDLE_LOCAL_BACKEND; key only in ~/.heddle/config.yaml: false alarm); or NULL */
} EnvReport;

/* Check for `tier`. `lookup` NULL means this process's environment. `heddle_home` is the folder of
 * Heddle's own config.yaml (normally ~/.heddle), NULL to not look. Empty counts as unset, as in
 * Heddle. Free with env_report_free(). */
EnvReport *env_check(const char *tier, EnvLookup lookup, void *data, const char *heddle_home);
void env_report_free(EnvReport *report);

/* One environment, looked at for all tiers. */
typedef struct EnvView {
    char *source; /* "/etc/heddle/echo.env"; clean; NULL: this process's environment */
    EnvReport *by_tier[HEDDLE_TIERS]; /* in the order of heddle_tiers; none is NULL */
    FileStamp stamp;                  /* of the file that was read; all 0: none */
} EnvView;

/* Check for each tier, as env_check() does. `source` is clean and copied. */
EnvView *env_view_new(const char *source, EnvLookup lookup, void *data, const char *heddle_home);

/* One that could not be looked at, because of `why` (clean, copied). */
EnvView *env_view_unknown(const char *source, const char *why);
void env_view_free(EnvView *view); /* NULL is fine */

#endif
