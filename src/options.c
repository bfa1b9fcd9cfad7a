#include "options.h"

#include <locale.h>
#include <stdio.h>
#include <string.h>

#include "base/secret.h"
#include "base/text.h"
#include "heddle/env_file.h"
#include "nats/monitor.h"
#include "nats/url.h"
#include "options_access.h"
#include "options_profile.h"
#include "options_typed.h"

#ifndef PACKAGE_VERSION
#define PACKAGE_VERSION "0"
#endif

static const char description[] =
    "CONFIG is a Heddle config file, a folder of them, or KIND:FILE to force the kind (worker,\n"
    "processor, pipeline, orchestrator, scheduler, router, mcp). Without one: configs/ here if "
    "there\n"
    "is such a folder, else the folders in $HEDDLE_CONFIGS, else only the bus.\n"
    "\n"
    "The URL is taken from --nats-url, else $NATS_URL, else the nats CLI's context, else the\n"
    "profile, else nats://localhost:4222; a login in it is stronger than all others. What has no\n"
    "flag is taken from the environment as the nats CLI knows it ($NATS_USER, $NATS_PASSWORD, "
    "$NATS_TOKEN,\n"
    "$NATS_CREDS, $NATS_NKEY, $NATS_CERT, $NATS_KEY, $NATS_CA, $NATS_CONTEXT), else from the "
    "context.\n"
    "Without a terminal on standard output one report is printed, as with --once.\n"
    "\n"
    "Exit status of a report: 0 all hold, 1 warnings, 2 a check failed, 3 could not tell or bad "
    "usage.";

/* What GOption fills in before it is checked; freed by words_clear(). */
typedef struct Words {
    char *url, *monitor_url, *tier, *output, *worker_type, *payload, *mode;
    char *timeout, *smoke_timeout, *profile, *env_file;
    double wait;
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
    g_free(words->timeout);
    g_free(words->smoke_timeout);
    g_free(words->profile);
    g_free(words->env_file);
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

static OptionsOutcome check_configs(char **configs)
{
    char *why = options_configs_wrong((const char *const *)configs);

    return why != NULL ? complain(why) : OPTIONS_GO;
}

static void free_secrets(char **strings)
{
    for (char **string = strings; *string != NULL; string++)
        secret_free(*string);
    g_free(strings);
}

/* Notes go to stderr too: the rung that shows them may never be reached. */
static void tell_notes(const Access *access)
{
    for (guint i = 0; i < access->notes->len; i++)
        fprintf(stderr, "heddle-preflight: %s\n", (const char *)access->notes->pdata[i]);
}

static OptionsOutcome check_url(const Options *options)
{
    g_autofree char *why = NULL, *place = NULL;
    NatsUrl *url = nats_url_parse(options->url, &why);

    if (url != NULL) {
        nats_url_free(url);
        return OPTIONS_GO;
    }
    if (options->origin == ORIGIN_CONTEXT)
        return complain(g_strdup_printf("context %s: its url: %s", options->access->context, why));
    if (options->origin == ORIGIN_PROFILE)
        place = options_profile_place(options, options->profile->values[PROFILE_NATS_URL].line,
                                      "nats_url");
    return complain(g_strdup_printf("%s: %s",
                                    options->origin == ORIGIN_PROFILE ? place
                                    : options->origin == ORIGIN_FLAG  ? "--nats-url"
                                                                      : "$NATS_URL",
                                    why));
}

/* Where several say which server, the strongest counts; that the profile's does not is easily
 * overlooked. */
static void note_on_url(const Options *options, const char *in_profile)
{
    if (in_profile != NULL &&
        (options->origin == ORIGIN_CONTEXT || options->origin == ORIGIN_ENVIRONMENT))
        access_note(options->access,
                    g_strdup_printf(
                        "%s: its nats_url does not count: %s%s is stronger", options->profile->path,
                        options->origin == ORIGIN_CONTEXT ? "context " : "$NATS_URL",
                        options->origin == ORIGIN_CONTEXT ? options->access->context : ""));
}

/* The demo brings its own server, and its own login: none. */
static OptionsOutcome take_url(Options *options, Words *words)
{
    const Profile *profile = options->profile;
    const char *from_env = g_getenv("NATS_URL");
    const char *from_profile = profile != NULL ? profile->values[PROFILE_NATS_URL].text : NULL;
    char *from_context = NULL, *why = NULL;

    words->access.profile_context = profile != NULL ? profile->values[PROFILE_CONTEXT].text : NULL;
    if (!options->demo && !access_words_take(&words->access, options->access, &from_context, &why))
        return complain(why);
    options->origin = words->url != NULL                        ? ORIGIN_FLAG
                      : from_env != NULL && from_env[0] != '\0' ? ORIGIN_ENVIRONMENT
                      : from_context != NULL                    ? ORIGIN_CONTEXT
                      : from_profile != NULL                    ? ORIGIN_PROFILE
                                                                : ORIGIN_DEFAULT;
    options->url = g_strdup(options->origin == ORIGIN_FLAG          ? words->url
                            : options->origin == ORIGIN_ENVIRONMENT ? from_env
                            : options->origin == ORIGIN_CONTEXT     ? from_context
                            : options->origin == ORIGIN_PROFILE     ? from_profile
                                                                    : NATS_DEFAULT_URL);
    secret_free(from_context);
    note_on_url(options, from_profile);
    tell_notes(options->access);
    return check_url(options);
}

static gboolean take_seconds(double seconds, double most, int *ms)
{
    if (!(seconds >= 0.05 && seconds <= most)) /* so that NaN is refused too */
        return FALSE;
    *ms = (int)(seconds * 1000);
    return TRUE;
}

static gboolean take_given_seconds(const Given *given, int *ms)
{
    char *end = NULL;
    double seconds = given->text != NULL ? g_ascii_strtod(given->text, &end) : 5;

    return (given->text == NULL || (end != given->text && *end == '\0')) &&
           take_seconds(seconds, 300, ms);
}

static OptionsOutcome take_times(Options *options, const Words *words)
{
    g_auto(Given) timeout =
        options_given(options, SETTING_TIMEOUT, "--timeout", words->timeout, PROFILE_TIMEOUT);
    g_auto(Given) smoke = options_given(options, SETTING_SMOKE_TIMEOUT, "--smoke-timeout",
                                        words->smoke_timeout, PROFILE_SMOKE_TIMEOUT);

    if (!take_given_seconds(&timeout, &options->timeout_ms))
        return complain(g_strdup_printf("%s takes seconds, 0.05 to 300", timeout.who));
    if (!take_given_seconds(&smoke, &options->smoke_timeout_ms))
        return complain(g_strdup_printf("%s takes seconds, 0.05 to 300", smoke.who));
    options->wait_ms = 0;
    if (words->wait != 0 && !take_seconds(words->wait, 86400, &options->wait_ms))
        return complain(g_strdup("--wait takes seconds, 0 to 86400"));
    return OPTIONS_GO;
}

static OptionsOutcome take_smoke(Options *options, const Words *words)
{
    g_auto(Given) mode =
        options_given(options, SETTING_MODE, "--smoke-mode", words->mode, PROFILE_SMOKE_MODE);
    g_auto(Given) worker = options_given(options, SETTING_WORKER, "--worker-type",
                                         words->worker_type, PROFILE_WORKER_TYPE);
    g_auto(Given) payload =
        options_given(options, SETTING_PAYLOAD, "--payload", words->payload, PROFILE_PAYLOAD);
    g_autofree char *why = NULL;

    options->mode = SMOKE_TASK;
    while (mode.text != NULL && options->mode < SMOKE_MODES &&
           !g_str_equal(mode.text, smoke_mode_word(options->mode)))
        options->mode++;
    if (options->mode == SMOKE_MODES)
        return complain(
            g_strdup_printf("%s takes task, direct or goal, not '%s'", mode.who, mode.text));
    options->worker_type = g_strdup(worker.text != NULL ? worker.text : "echo");
    options->payload = g_strdup(payload.text != NULL ? payload.text : "{\"echo\": \"preflight\"}");
    if (!g_utf8_validate(options->worker_type, -1, NULL) || !subject_token_ok(options->worker_type))
        return complain(g_strdup_printf(
            "%s: '%s' is not one plain subject token, so it would go astray or kill the router",
            worker.who, options->worker_type));
    if (!message_payload_ok(options->payload, &why))
        return complain(g_strdup_printf("%s: %s", payload.who, why));
    return OPTIONS_GO;
}

static OptionsOutcome take_monitor(Options *options, const Words *words)
{
    g_auto(Given) given = options_given(options, SETTING_MONITOR, "--monitor-url",
                                        words->monitor_url, PROFILE_MONITOR_URL);
    g_autofree char *why = NULL;

    if (given.text == NULL)
        return OPTIONS_GO;
    options->monitor_url = monitor_url_read(given.text, &why);
    if (options->monitor_url == NULL)
        return complain(g_strdup_printf("%s: %s", given.who, why));
    return OPTIONS_GO;
}

static OptionsOutcome take_tier(Options *options, const Words *words)
{
    g_auto(Given) given = options_given(options, SETTING_TIER, "--tier", words->tier, PROFILE_TIER);

    options->tier = given.text != NULL ? tier_from_word(given.text) : TIER_OWN;
    if (options->tier == TIER_COUNT)
        return complain(g_strdup_printf("%s takes local, standard, frontier or own, not '%s'",
                                        given.who, given.text));
    return OPTIONS_GO;
}

/* A file that cannot be read now is a slip of the pen; one that goes later is told by the checks.
 */
static OptionsOutcome take_env_file(Options *options, const Words *words)
{
    g_auto(Given) given =
        options_given(options, SETTING_ENV_FILE, "--env-file", words->env_file, PROFILE_ENV_FILE);
    g_autofree char *why = NULL;
    EnvFile *file = given.text != NULL ? env_file_read(given.text, &why) : NULL;

    if (why != NULL)
        return complain(g_strdup_printf("%s: %s", given.who, why));
    env_file_free(file);
    options->env_file = g_strdup(given.text);
    return OPTIONS_GO;
}

static OptionsOutcome take_words(Options *options, Words *words)
{
    OptionsOutcome outcome;
    char *why = NULL;

    if (!options_profile_read(options, words->profile, &why) ||
        !options_profile_check(options, &why))
        return complain(why);
    outcome = take_url(options, words);
    if (outcome == OPTIONS_GO)
        outcome = check_configs(words->configs);
    if (outcome == OPTIONS_GO)
        outcome = take_monitor(options, words);
    if (outcome == OPTIONS_GO)
        outcome = take_times(options, words);
    if (outcome == OPTIONS_GO)
        outcome = take_smoke(options, words);
    if (outcome == OPTIONS_GO)
        outcome = take_tier(options, words);
    if (outcome == OPTIONS_GO)
        outcome = take_env_file(options, words);
    if (outcome != OPTIONS_GO)
        return outcome;
    options->form = words->output != NULL ? report_form_from_word(words->output) : REPORT_TABLE;
    if (options->form == REPORT_FORMS)
        return complain(g_strdup_printf("--output takes table, json, short or nagios, not '%s'",
                                        words->output));
    options->once = options->once || words->output != NULL || options->smoke;
    options->configs = options_profile_configs(options, g_steal_pointer(&words->configs));
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
    Words words = {0};
    const GOptionEntry entries[] = {
        {"nats-url", 0, 0, G_OPTION_ARG_STRING, &words.url, "NATS server", "URL"},
        {"monitor-url", 0, 0, G_OPTION_ARG_STRING, &words.monitor_url,
         "The server's HTTP monitoring port (default: port 8222 of it, if there is one)", "URL"},
        {"tier", 0, 0, G_OPTION_ARG_STRING, &words.tier,
         "local, standard, frontier, or own: each actor's own (default)", "TIER"},
        {"timeout", 0, 0, G_OPTION_ARG_STRING, &words.timeout, "Of a NATS check (default 5)",
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
        {"smoke-timeout", 0, 0, G_OPTION_ARG_STRING, &words.smoke_timeout,
         "After which the silent hop is named (default 5)", "SECONDS"},
        {"worker-type", 0, 0, G_OPTION_ARG_STRING, &words.worker_type,
         "Worker that the smoke is for (default echo)", "NAME"},
        {"payload", 0, 0, G_OPTION_ARG_STRING, &words.payload, "Of the smoke, a JSON object",
         "JSON"},
        {"read-only", 0, 0, G_OPTION_ARG_NONE, &options->read_only, "Publish nothing", NULL},
        {"env-file", 0, 0, G_OPTION_ARG_FILENAME, &words.env_file,
         "KEY=VALUE lines that take the place of this environment in the checks", "FILE"},
        {"profile", 0, 0, G_OPTION_ARG_FILENAME, &words.profile,
         "Settings, and what is known of actors that run elsewhere", "FILE"},
        {"print-profile", 0, 0, G_OPTION_ARG_NONE, &options->print_profile,
         "Print such a file, filled with what is given and found, and exit", NULL},
        {"no-color", 0, 0, G_OPTION_ARG_NONE, &options->no_colour,
         "No colours, as with $NO_COLOR set", NULL},
        {"demo", 0, 0, G_OPTION_ARG_NONE, &options->demo,
         "Private nats-server with a stand-in mesh and sample configs", NULL},
        {"version", 0, 0, G_OPTION_ARG_NONE, &options->version, "Print the version", NULL},
        {G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &words.configs, NULL, "[CONFIG…]"},
        {NULL, 0, 0, 0, NULL, NULL, NULL},
    };
    g_autoptr(GOptionContext) context = g_option_context_new(NULL);
    char **copy = g_new0(char *, (gsize)argc + 1);
    g_autofree char **rest = NULL;
    g_autoptr(GError) error = NULL;
    OptionsOutcome outcome;

    *options = (Options){.access = access_new()};
    for (int i = 0; i < argc; i++)
        copy[i] = g_strdup(argv[i]);
    options_scrub(argc, argv);
    rest = g_memdup2(copy, ((gsize)argc + 1) * sizeof *copy);
    g_option_context_add_main_entries(context, entries, NULL);
    access_words_offer(&words.access, context);
    g_option_context_set_summary(
        context,
        "Shows whether a Heddle mesh can work on its NATS server, and if not, which link is "
        "broken and what to type next.");
    g_option_context_set_description(context, description);
    if (!g_option_context_parse(context, &argc, &rest, &error)) {
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
    free_secrets(copy);
    return outcome;
}

void options_clear(Options *options)
{
    secret_free(options->url);
    g_free(options->monitor_url);
    g_free(options->env_file);
    profile_unref(options->profile);
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
        .monitor_url = options->monitor_url,
        .env_file = options->env_file,
        .profile = options->profile,
        .origins = options->origins,
    };

    return model_new(&how);
}
