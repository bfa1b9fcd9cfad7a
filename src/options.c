#include "options.h"

#include <locale.h>
#include <stdio.h>
#include <string.h>

#include "base/secret.h"
#include "base/text.h"
#include "nats/monitor.h"
#include "nats/url.h"
#include "options_access.h"

#ifndef PACKAGE_VERSION
#define PACKAGE_VERSION "0"
#endif

static const char description[] =
    "CONFIG is a Heddle config file, a folder of them, or KIND:FILE to force the kind (worker,\n"
    "processor, pipeline, orchestrator, scheduler, router, mcp). Without one: configs/ here if "
    "there\n"
    "is such a folder, else the folders in $HEDDLE_CONFIGS, else only the bus.\n"
    "\n"
    "The URL is taken from --nats-url, else $NATS_URL, else the nats CLI's context, else\n"
    "nats://localhost:4222; a login in it is stronger than all others. What has no flag is taken\n"
    "from the environment as the nats CLI knows it ($NATS_USER, $NATS_PASSWORD, $NATS_TOKEN,\n"
    "$NATS_CREDS, $NATS_NKEY, $NATS_CERT, $NATS_KEY, $NATS_CA, $NATS_CONTEXT), else from the "
    "context.\n"
    "Without a terminal on standard output one report is printed, as with --once.\n"
    "\n"
    "Exit status of a report: 0 all hold, 1 warnings, 2 a check failed, 3 could not tell or bad "
    "usage.";

/* What GOption fills in before it is checked; freed by words_clear(). */
typedef struct Words {
    char *url, *monitor_url, *tier, *output, *worker_type, *payload, *mode;
    double timeout, smoke_timeout, wait;
    char **configs;
    AccessWords access;
} Words;

static void words_clear(Words *words)
{
    secret_free(words->url);
    g_free(words->monitor_url);
    g_free(words->tier);
    g_free(words->output);
    g_free(words->worker_type);
    g_free(words->payload);
    g_free(words->mode);
    g_strfreev(words->configs);
    access_words_clear(&words->access);
}

/* Takes `line`. What the operator typed may be in it: where a login can be, it is covered. */
static OptionsOutcome complain(char *line)
{
    g_autofree char *safe =
        strchr(line, '@') != NULL ? nats_url_mask(line) : text_clean(raw_text(line), 0);

    fprintf(stderr, "heddle-preflight: %s\n", safe);
    g_free(line);
    return OPTIONS_BAD;
}

/* The operator may have no choice but to type a password; `ps` need not repeat it. */
static void scrub_argv(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        char *at = strrchr(argv[i], '@');
        char *start = strstr(argv[i], "://");

        if (at != NULL && start != NULL && start < at)
            memset(start + 3, 'x', (gsize)(at - start - 3));
    }
}

/* Notes go to stderr too: the rung that shows them may never be reached. */
static void tell_notes(const Access *access)
{
    for (guint i = 0; i < access->notes->len; i++)
        fprintf(stderr, "heddle-preflight: %s\n", (const char *)access->notes->pdata[i]);
}

static OptionsOutcome check_url(const Options *options)
{
    g_autofree char *why = NULL;
    NatsUrl *url = nats_url_parse(options->url, &why);

    if (url != NULL) {
        nats_url_free(url);
        return OPTIONS_GO;
    }
    if (options->origin == ORIGIN_CONTEXT)
        return complain(g_strdup_printf("context %s: its url: %s", options->access->context, why));
    return complain(g_strdup_printf(
        "%s: %s", options->origin == ORIGIN_FLAG ? "--nats-url" : "$NATS_URL", why));
}

/* The demo brings its own server, and its own login: none. */
static OptionsOutcome take_url(Options *options, const Words *words)
{
    const char *from_env = g_getenv("NATS_URL");
    char *from_context = NULL, *why = NULL;

    if (!options->demo) {
        if (!access_words_take(&words->access, options->access, &from_context, &why))
            return complain(why);
        tell_notes(options->access);
    }
    options->origin = ORIGIN_DEFAULT;
    if (words->url != NULL)
        options->origin = ORIGIN_FLAG;
    else if (from_env != NULL && from_env[0] != '\0')
        options->origin = ORIGIN_ENVIRONMENT;
    else if (from_context != NULL)
        options->origin = ORIGIN_CONTEXT;
    options->url = g_strdup(options->origin == ORIGIN_FLAG          ? words->url
                            : options->origin == ORIGIN_ENVIRONMENT ? from_env
                            : options->origin == ORIGIN_CONTEXT     ? from_context
                                                                    : NATS_DEFAULT_URL);
    secret_free(from_context);
    return check_url(options);
}

static gboolean take_seconds(double seconds, double most, int *ms)
{
    if (!(seconds >= 0.05 && seconds <= most)) /* so that NaN is refused too */
        return FALSE;
    *ms = (int)(seconds * 1000);
    return TRUE;
}

static OptionsOutcome take_times(Options *options, const Words *words)
{
    if (!take_seconds(words->timeout, 300, &options->timeout_ms))
        return complain(g_strdup("--timeout takes seconds, 0.05 to 300"));
    if (!take_seconds(words->smoke_timeout, 300, &options->smoke_timeout_ms))
        return complain(g_strdup("--smoke-timeout takes seconds, 0.05 to 300"));
    options->wait_ms = 0;
    if (words->wait != 0 && !take_seconds(words->wait, 86400, &options->wait_ms))
        return complain(g_strdup("--wait takes seconds, 0 to 86400"));
    return OPTIONS_GO;
}

static OptionsOutcome take_smoke(Options *options, Words *words)
{
    g_autofree char *why = NULL;

    options->mode = SMOKE_TASK;
    while (words->mode != NULL && options->mode < SMOKE_MODES &&
           !g_str_equal(words->mode, smoke_mode_word(options->mode)))
        options->mode++;
    if (options->mode == SMOKE_MODES)
        return complain(
            g_strdup_printf("--smoke-mode takes task, direct or goal, not '%s'", words->mode));
    options->worker_type =
        words->worker_type != NULL ? g_steal_pointer(&words->worker_type) : g_strdup("echo");
    options->payload = words->payload != NULL ? g_steal_pointer(&words->payload)
                                              : g_strdup("{\"echo\": \"preflight\"}");
    if (!g_utf8_validate(options->worker_type, -1, NULL) || !subject_token_ok(options->worker_type))
        return complain(g_strdup_printf(
            "--worker-type: '%s' is not one plain subject token, so it would go astray "
            "or kill the router",
            options->worker_type));
    if (!message_payload_ok(options->payload, &why))
        return complain(g_strdup_printf("--payload: %s", why));
    return OPTIONS_GO;
}

static OptionsOutcome take_monitor(Options *options, const Words *words)
{
    g_autofree char *why = NULL;

    if (words->monitor_url == NULL)
        return OPTIONS_GO;
    options->monitor_url = monitor_url_read(words->monitor_url, &why);
    if (options->monitor_url == NULL)
        return complain(g_strdup_printf("--monitor-url: %s", why));
    return OPTIONS_GO;
}

static OptionsOutcome take_words(Options *options, Words *words)
{
    OptionsOutcome outcome = take_url(options, words);

    if (outcome == OPTIONS_GO)
        outcome = take_monitor(options, words);
    if (outcome == OPTIONS_GO)
        outcome = take_times(options, words);
    if (outcome == OPTIONS_GO)
        outcome = take_smoke(options, words);
    if (outcome != OPTIONS_GO)
        return outcome;
    options->tier = words->tier != NULL ? tier_from_word(words->tier) : TIER_OWN;
    if (options->tier == TIER_COUNT)
        return complain(g_strdup_printf("--tier takes local, standard, frontier or own, not '%s'",
                                        words->tier));
    options->form = words->output != NULL ? report_form_from_word(words->output) : REPORT_TABLE;
    if (options->form == REPORT_FORMS)
        return complain(g_strdup_printf("--output takes table, json, short or nagios, not '%s'",
                                        words->output));
    options->once = options->once || words->output != NULL || options->smoke;
    options->configs = g_steal_pointer(&words->configs);
    if (options->smoke && options->read_only)
        return complain(g_strdup("--smoke publishes a task, which --read-only forbids"));
    if (options->demo && (words->url != NULL || words->monitor_url != NULL ||
                          (options->configs != NULL && options->configs[0] != NULL)))
        return complain(g_strdup("--demo has a server and configs of its own: it takes no "
                                 "--nats-url, no --monitor-url and no CONFIG"));
    return OPTIONS_GO;
}

OptionsOutcome options_read(Options *options, int argc, char **argv)
{
    Words words = {.timeout = 5, .smoke_timeout = 5};
    const GOptionEntry entries[] = {
        {"nats-url", 0, 0, G_OPTION_ARG_STRING, &words.url, "NATS server", "URL"},
        {"monitor-url", 0, 0, G_OPTION_ARG_STRING, &words.monitor_url,
         "The server's HTTP monitoring port (default: port 8222 of it, if there is one)", "URL"},
        {"tier", 0, 0, G_OPTION_ARG_STRING, &words.tier,
         "local, standard, frontier, or own: each actor's own (default)", "TIER"},
        {"timeout", 0, 0, G_OPTION_ARG_DOUBLE, &words.timeout, "Of a NATS check (default 5)",
         "SECONDS"},
        {"once", 0, 0, G_OPTION_ARG_NONE, &options->once, "Print one report and exit", NULL},
        {"output", 0, 0, G_OPTION_ARG_STRING, &words.output,
         "Form of the report: table (default), json, short, nagios", "FORM"},
        {"wait", 0, 0, G_OPTION_ARG_DOUBLE, &words.wait,
         "With --once: check again until all hold, at most this long", "SECONDS"},
        {"smoke", 0, 0, G_OPTION_ARG_NONE, &options->smoke,
         "Publish a smoke task too, and follow it (implies --once)", NULL},
        {"smoke-mode", 0, 0, G_OPTION_ARG_STRING, &words.mode,
         "task (default), direct (past the router) or goal (as `heddle submit` does)", "MODE"},
        {"smoke-timeout", 0, 0, G_OPTION_ARG_DOUBLE, &words.smoke_timeout,
         "After which the silent hop is named (default 5)", "SECONDS"},
        {"worker-type", 0, 0, G_OPTION_ARG_STRING, &words.worker_type,
         "Worker that the smoke is for (default echo)", "NAME"},
        {"payload", 0, 0, G_OPTION_ARG_STRING, &words.payload, "Of the smoke, a JSON object",
         "JSON"},
        {"read-only", 0, 0, G_OPTION_ARG_NONE, &options->read_only, "Publish nothing", NULL},
        {"no-color", 0, 0, G_OPTION_ARG_NONE, &options->no_colour,
         "No colours, as with $NO_COLOR set", NULL},
        {"demo", 0, 0, G_OPTION_ARG_NONE, &options->demo,
         "Private nats-server with a stand-in mesh and sample configs", NULL},
        {"version", 0, 0, G_OPTION_ARG_NONE, &options->version, "Print the version", NULL},
        {G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &words.configs, NULL, "[CONFIG…]"},
        {NULL, 0, 0, 0, NULL, NULL, NULL},
    };
    g_autoptr(GOptionContext) context = g_option_context_new(NULL);
    g_auto(GStrv) copy = g_new0(char *, (gsize)argc + 1);
    g_autoptr(GError) error = NULL;
    OptionsOutcome outcome;

    *options = (Options){.access = access_new()};
    for (int i = 0; i < argc; i++)
        copy[i] = g_strdup(argv[i]);
    scrub_argv(argc, argv);
    g_option_context_add_main_entries(context, entries, NULL);
    access_words_offer(&words.access, context);
    g_option_context_set_summary(
        context,
        "Shows whether a Heddle mesh can work on its NATS server, and if not, which link is "
        "broken and what to type next.");
    g_option_context_set_description(context, description);
    if (!g_option_context_parse_strv(context, &copy, &error)) {
        outcome = complain(g_strdup_printf("%s (try --help)", error->message));
    } else if (options->version) {
        printf("heddle-preflight %s\n", PACKAGE_VERSION);
        outcome = OPTIONS_DONE;
    } else {
        outcome = take_words(options, &words);
    }
    if (g_getenv("NO_COLOR") != NULL && g_getenv("NO_COLOR")[0] != '\0')
        options->no_colour = TRUE;
    words_clear(&words);
    return outcome;
}

void options_clear(Options *options)
{
    secret_free(options->url);
    g_free(options->monitor_url);
    access_unref(options->access);
    g_free(options->worker_type);
    g_free(options->payload);
    g_strfreev(options->configs);
}

Model *options_model(const Options *options)
{
    ModelHow how = {
        .url = options->url,
        .origin = options->origin,
        .access = options->access,
        .tier = options->tier,
        .timeout_ms = options->timeout_ms,
        .smoke_timeout_ms = options->smoke_timeout_ms,
        .worker_type = options->worker_type,
        .payload = options->payload,
        .mode = options->mode,
        .read_only = options->read_only,
    };

    return model_new(&how);
}
