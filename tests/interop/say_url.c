/* Prints how we say Heddle's client takes a URL, as JSON lines, for url_view.py to compare with
 * what it does. A question on stdin, one a line: {"url": …, "facts": {"has_info": true, …}}; the
 * answer is {"state", "text"}. */
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "heddle/url_view.h"

static gboolean flag(json_t *facts, const char *name)
{
    return json_is_true(json_object_get(facts, name));
}

static void say(const char *line)
{
    json_t *question = json_loads(line, 0, NULL);
    json_t *given = json_object_get(question, "facts");
    const char *url = json_string_value(json_object_get(question, "url"));
    HeddleUrlFacts facts = {
        .silent = json_string_value(json_object_get(given, "silent")),
        .refused = flag(given, "refused"),
        .has_info = flag(given, "has_info"),
        .tls_required = flag(given, "tls_required"),
        .auth_required = flag(given, "auth_required"),
        .login_beside = flag(given, "login_beside"),
        .tls_beside = flag(given, "tls_beside"),
        .tls_first = flag(given, "tls_first"),
    };
    g_autofree char *text = NULL;
    State state = heddle_url_view(url != NULL ? url : "", &facts, &text);
    json_t *answer = json_pack("{s:s, s:s?}", "state", state_word(state), "text", text);

    json_dumpf(answer, stdout, JSON_COMPACT);
    putchar('\n');
    json_decref(answer);
    json_decref(question);
}

int main(void)
{
    g_autofree char *line = NULL;
    size_t room = 0;

    while (getline(&line, &room, stdin) >= 0)
        say(line);
    return fflush(stdout) == 0 ? 0 : 1;
}
