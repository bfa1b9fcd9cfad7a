/* Prints what our checks say, as JSON lines, for diff_check.py to compare with Heddle.
 *
 *     we_say config      paths on stdin, one a line: {"path", "outcome", "text", "line", "column"}
 *     we_say env         JSON objects on stdin, {"tier", "env": {…}}: the same with "texts" */
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "heddle/config.h"
#include "heddle/env.h"

static const char *const outcomes[] = {
    [CONFIG_VALID] = "ok",        [CONFIG_NOT_FOUND] = "not found", [CONFIG_EMPTY] = "empty",
    [CONFIG_INVALID] = "invalid", [CONFIG_DIES] = "dies",           [CONFIG_TOO_LARGE] = "unsure",
};

static void print(json_t *line)
{
    json_dumpf(line, stdout, JSON_COMPACT | JSON_SORT_KEYS);
    putchar('\n');
    json_decref(line);
}

static void say_config(const char *path)
{
    ConfigReport *report = config_check(path, KIND_UNKNOWN);

    print(json_pack("{s:s, s:s, s:s, s:i, s:i, s:s?}", "path", path, "outcome",
                    outcomes[report->outcome], "text", report->text, "line", (int)report->line,
                    "column", (int)report->column, "warning", report->warning));
    config_report_free(report);
}

static const char *look_up(const char *name, void *env)
{
    return json_string_value(json_object_get(env, name));
}

static void say_env(const char *line)
{
    json_t *question = json_loads(line, 0, NULL);
    const char *tier = json_string_value(json_object_get(question, "tier"));
    EnvReport *report = env_check(tier, look_up, json_object_get(question, "env"), NULL);
    json_t *texts = json_array();

    if (report->state == STATE_WARN)
        json_array_append_new(texts, json_string(report->text));
    json_object_set_new(question, "texts", texts);
    print(question);
    env_report_free(report);
}

int main(int argc, char **argv)
{
    void (*say)(const char *) = argc == 2 && strcmp(argv[1], "config") == 0 ? say_config
                                : argc == 2 && strcmp(argv[1], "env") == 0  ? say_env
                                                                            : NULL;
    g_autofree char *line = NULL;
    size_t room = 0;
    ssize_t len;

    if (say == NULL) {
        fputs("usage: we_say config|env <INPUT\n", stderr);
        return 2;
    }
    while ((len = getline(&line, &room, stdin)) >= 0) {
        if (len > 0 && line[len - 1] == '\n')
            line[len - 1] = '\0';
        say(line);
    }
    return fflush(stdout) == 0 ? 0 : 1;
}
