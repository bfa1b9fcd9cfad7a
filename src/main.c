/* heddle-preflight: can this Heddle mesh work, and if not, which link is broken?
 *
 * To read the program, follow what flows:
 *   options.c        the command line becomes Options (options_access.c: how to get in;
 *                    options_profile.c: what a profile may say in its place)
 *   mesh/model.h     what is true, as one struct
 *   mesh/event.h     what happens
 *   mesh/update.c    the only code that changes the model; asks for effects
 *   mesh/engine.c    carries effects out on other threads; brings events back
 *   mesh/verdict.c   what the model adds up to
 *   mesh/report.c    … as text; ui/view.c … as a screen
 *   mode_once.c, ../ui/mode_dashboard.c: the loops that turn the wheel
 * Below: heddle/ knows what Heddle says, nats/ what NATS says, base/ what neither knows.
 */
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/secret.h"
#include "demo/demo.h"
#include "mode_once.h"
#include "mode_profile.h"
#include "options.h"
#ifdef WITH_TUI
#include "ui/mode_dashboard.h"
#endif

/* A URL may hold a password: no core file may. */
static void forbid_cores(void)
{
    struct rlimit none = {0, 0};

    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    setrlimit(RLIMIT_CORE, &none);
}

static gboolean wants_dashboard(const Options *options)
{
#ifdef WITH_TUI
    return !options->once && isatty(STDOUT_FILENO) && isatty(STDIN_FILENO);
#else
    (void)options;
    return FALSE;
#endif
}

/* The demo's own server and configs take the place of what was named. */
static Demo *begin_demo(Options *options)
{
    g_autofree char *why = NULL;
    Demo *demo = demo_start(&why);

    if (demo == NULL) {
        fprintf(stderr, "heddle-preflight: %s\n", why);
        return NULL;
    }
    secret_free(options->url);
    options->url = g_strdup(demo->url);
    options->origin = ORIGIN_DEMO;
    access_unref(options->access);
    options->access = access_new();
    g_clear_pointer(&options->monitor_url, g_free);
    g_strfreev(options->configs);
    options->configs = g_new0(char *, 2);
    options->configs[0] = g_strdup(demo->configs);
    options->smoke = !options->read_only; /* nobody can be hurt by it */
    return demo;
}

static int run(Options *options)
{
    g_autofree char *heddle_home = g_build_filename(g_get_home_dir(), ".heddle", NULL);
    EngineHow how = {(const char *const *)options->configs, options->timeout_ms, options->access,
                     heddle_home, options->monitor_url};
    Model *model = options_model(options);
    Engine *engine = engine_new(&how);
    int status;

#ifdef WITH_TUI
    if (wants_dashboard(options))
        status = mode_dashboard(options, model, engine);
    else
#endif
        status = mode_once(options, model, engine);
    /* No thread is waited for: one may sit in a connect for seconds, and nobody wants to wait. The
     * engine and what its threads may still read go with the process. */
    model_free(model);
    return status;
}

int main(int argc, char **argv)
{
    Options options;
    OptionsOutcome outcome;
    Demo *demo = NULL;
    int status;

    setlocale(LC_ALL, "");
    forbid_cores();
    signal(SIGPIPE, SIG_IGN);
    outcome = options_read(&options, argc, argv);
    if (outcome != OPTIONS_GO) {
        options_clear(&options);
        return outcome;
    }
    if (options.print_profile) {
        status = mode_profile(&options);
        options_clear(&options);
        return status;
    }
    /* The demo forks, so it comes before any thread. */
    if (options.demo && (demo = begin_demo(&options)) == NULL) {
        options_clear(&options);
        return OPTIONS_BAD;
    }
    if (!wants_dashboard(&options))
        options.once = TRUE;
    status = run(&options);
    if (demo != NULL)
        demo_stop(demo);
    fflush(NULL);
    _exit(status);
}
