/* Questions: a URL, a filter, a payload, a tier, a yes. */
#include "ui/dash.h"

#include <arpa/inet.h>
#include <string.h>

#include "mesh/facts.h"
#include "ui/line_editor.h"

gboolean dash_edits_line(const Dash *dash)
{
    return dash->view->ask >= ASK_URL && dash->view->ask <= ASK_AIM;
}

/* Is this a host rather than a user? An address is, and so is the host that stood there before. */
static gboolean is_host(const char *name, gsize len, const char *asked)
{
    g_autofree char *word = g_strndup(name, len), *why = NULL;
    NatsUrl *url = nats_url_parse(asked, &why);
    struct in_addr address;
    gboolean is = inet_pton(AF_INET, word, &address) == 1 ||
                  (url != NULL && g_ascii_strcasecmp(url->host, word) == 0);

    explicit_bzero(word, len);
    nats_url_free(url);
    return is;
}

/* How the line looks while it is typed. A password is covered as soon as it can be told from a
 * port, character by character, so that the cursor stays where it belongs. */
static char *cover_password(const char *line, const char *asked)
{
    const char *scheme = strstr(line, "://");
    const char *start = scheme != NULL ? scheme + 3 : line;
    const char *at = strrchr(start, '@'), *colon = strchr(start, ':');
    const char *from, *to;
    GString *covered;

    if (at != NULL) {
        from = colon != NULL && colon < at ? colon + 1 : start;
        to = at;
    } else if (colon != NULL && start[0] != '[' && !is_host(start, (gsize)(colon - start), asked) &&
               strspn(colon + 1, "0123456789,/ ") < strlen(colon + 1)) {
        from = colon + 1;
        to = line + strlen(line);
    } else {
        return g_strdup(line);
    }
    covered = g_string_new_len(line, from - line);
    for (; from < to; from = g_utf8_next_char(from))
        g_string_append(covered, "•");
    g_string_append(covered, to);
    return g_string_free(covered, FALSE);
}

/* The editor's buffer as the view shows it. */
static void show_line(Dash *dash)
{
    View *view = dash->view;
    const char *line = line_editor_text();
    g_autofree char *valid = g_utf8_make_valid(line, -1);
    g_autofree char *covered =
        view->ask == ASK_URL ? cover_password(valid, dash->asked) : g_strdup(valid);
    g_autofree char *before = NULL;
    glong chars = g_utf8_strlen(line, line_editor_cursor());

    explicit_bzero(valid, strlen(valid));
    g_free(view->edit);
    view->edit = text_clean(raw_text(covered), 0);
    before = g_utf8_substring(view->edit, 0, MIN(chars, g_utf8_strlen(view->edit, -1)));
    view->edit_cursor = text_width(before);
    dash->dirty = dash->urgent = TRUE;
}

static void begin_line(Dash *dash, Ask ask, const char *initial)
{
    dash->view->ask = ask;
    term_decode_keys(dash->term, FALSE);
    line_editor_begin(initial, ask == ASK_URL ? history_lines(dash->history) : NULL);
    show_line(dash);
}

static void end_line(Dash *dash)
{
    View *view = dash->view;

    view->ask = ASK_NOTHING;
    explicit_bzero(view->edit, strlen(view->edit));
    g_free(view->edit);
    view->edit = g_strdup("");
    g_clear_pointer(&view->edit_trouble, g_free);
    term_decode_keys(dash->term, TRUE);
    dash->dirty = dash->urgent = TRUE;
}

/* What stands in the editor at first: the URL in force, but no login of it. */
static char *safe_url(const char *text)
{
    GString *safe = g_string_new(NULL);

    for (unsigned i = 0; i < nats_url_servers(text); i++) {
        char *server = nats_url_server(text, i);
        g_autofree char *why = NULL;
        NatsUrl *url = nats_url_parse(server, &why);

        if (url != NULL)
            g_string_append_printf(safe, "%s%s", safe->len > 0 ? "," : "",
                                   url->user != NULL ? url->plain : g_strstrip(server));
        nats_url_free(url);
        nats_url_text_free(server);
    }
    return g_string_free(safe, FALSE);
}

static const char *url_of(const Dash *dash, unsigned actor_id)
{
    const Actor *actor = model_actor(dash->model, actor_id);

    return actor != NULL ? actor_url(dash->model, actor) : dash->model->settings.url;
}

void dash_ask_url(Dash *dash, unsigned actor_id)
{
    dash->view->ask_actor = actor_id;
    g_free(dash->asked);
    dash->asked = safe_url(url_of(dash, actor_id));
    begin_line(dash, ASK_URL, dash->asked);
}

void dash_ask_line(Dash *dash, Ask ask)
{
    const Settings *settings = &dash->model->settings;
    g_autofree char *name = ask == ASK_SAVE  ? dash_save_name(dash->view->save_row)
                            : ask == ASK_AIM ? dash_aim_example(dash)
                                             : NULL;

    begin_line(dash, ask,
               ask == ASK_FILTER    ? dash->view->filter
               : name != NULL       ? name
               : ask == ASK_PAYLOAD ? settings->payload
                                    : settings->worker_type);
}

void dash_ask_tier(Dash *dash, unsigned actor)
{
    dash->view->ask = ASK_TIER;
    dash->view->ask_actor = actor;
}

void dash_ask_smoke(Dash *dash, gboolean repeat)
{
    dash->view->ask = ASK_SMOKE;
    dash->view->ask_repeat = repeat;
}

/* Each takes the accepted line, or returns why not (the editor then goes on with it). */

/* The login of `from` for `url`, which names the same server and none: tls:// in front of it, say.
 * NULL when that is not so. The caller wipes it. */
static char *with_login(const NatsUrl *url, const char *from)
{
    g_autofree char *why = NULL;
    NatsUrl *old = nats_url_parse(from, &why);
    const char *scheme = strstr(from, "://"), *start = scheme != NULL ? scheme + 3 : from;
    const char *at = strrchr(start, '@');
    char *text = NULL;

    if (old != NULL && old->user != NULL && url->user == NULL && at != NULL &&
        strchr(from, ',') == NULL && g_ascii_strcasecmp(old->host, url->host) == 0 &&
        old->port == url->port)
        text = g_strdup_printf("%s://%.*s@%s", url->tls ? "tls" : "nats", (int)(at - start), start,
                               strstr(url->plain, "://") + 3);
    nats_url_free(old);
    return text;
}

/* What became of the login that the line did not show. */
static void say_login(Dash *dash, const char *line, gboolean kept)
{
    if (kept)
        dash_say(dash, "its login is kept: it is the same server");
    else if (strchr(url_of(dash, dash->view->ask_actor), '@') != NULL && line[0] != '\0' &&
             strchr(line, '@') == NULL)
        dash_say(dash, "another server: the login was left out; type it as user:password@host");
}

static char *take_url(Dash *dash, const char *line)
{
    char *why = NULL, *kept = NULL;
    unsigned actor = dash->view->ask_actor;
    NatsUrl *url = line[0] == '\0' && actor != 0 ? NULL : nats_url_parse(line, &why);
    g_autofree char *trimmed = g_strstrip(g_strdup(line));
    Event *event;

    if (url == NULL && why != NULL)
        return why;
    if (g_str_equal(trimmed, dash->asked)) { /* it shows no login, so it is not what it was */
        nats_url_free(url);
        dash_say(dash, "the URL is as it was");
        return NULL;
    }
    if (url != NULL && strchr(trimmed, ',') == NULL)
        kept = with_login(url, url_of(dash, actor));
    nats_url_free(url);
    event = event_new(EVENT_SET_URL);
    event->id = actor;
    event->url = g_strdup(kept != NULL ? kept : trimmed);
    if (trimmed[0] != '\0')
        history_add(dash->history, trimmed);
    say_login(dash, trimmed, kept != NULL);
    nats_url_text_free(kept);
    explicit_bzero(trimmed, strlen(trimmed));
    dash_take(dash, event);
    if (actor == 0 && dash->model->former != NULL)
        dash_say(dash, "in force at once, since nothing is connected; Esc takes the old one back");
    return NULL;
}

static char *take_filter(Dash *dash, const char *line)
{
    g_free(dash->view->filter);
    dash->view->filter = text_clean(raw_text(line), 0);
    dash->view->message = 0;
    return NULL;
}

static char *take_payload(Dash *dash, const char *line)
{
    char *why = NULL;
    Event *event;

    if (!message_payload_ok(line, &why))
        return why;
    event = event_new(EVENT_SET_PAYLOAD);
    event->text = g_strdup(line);
    dash_take(dash, event);
    return NULL;
}

static char *take_worker(Dash *dash, const char *line)
{
    Event *event;

    if (!g_utf8_validate(line, -1, NULL) || !subject_token_ok(line))
        return g_strdup(
            "one plain subject token: no blank, dot, * or > (it would go astray, or kill "
            "the router)");
    event = event_new(EVENT_SET_WORKER);
    event->text = g_strdup(line);
    dash_take(dash, event);
    return NULL;
}

static void accept_line(Dash *dash)
{
    static char *(*const takers[])(Dash *, const char *) = {
        [ASK_URL] = take_url,       [ASK_FILTER] = take_filter,  [ASK_PAYLOAD] = take_payload,
        [ASK_WORKER] = take_worker, [ASK_SAVE] = dash_take_save, [ASK_AIM] = dash_take_aim,
    };
    char *line = line_editor_take();
    gboolean aimed = dash->view->ask == ASK_AIM;
    char *why = takers[dash->view->ask](dash, line);

    if (why != NULL) {
        line_editor_begin(line, dash->view->ask == ASK_URL ? history_lines(dash->history) : NULL);
        show_line(dash);
        g_free(dash->view->edit_trouble);
        dash->view->edit_trouble = why;
    } else {
        end_line(dash);
        if (aimed)
            dash_aim_go(dash);
    }
    explicit_bzero(line, strlen(line));
    g_free(line);
}

void dash_feed_line(Dash *dash)
{
    g_clear_pointer(&dash->view->edit_trouble, g_free);
    switch (line_editor_feed(term_in(dash->term))) {
    case LINE_GOING:
        show_line(dash);
        break;
    case LINE_ACCEPTED:
        accept_line(dash);
        break;
    case LINE_CANCELLED:
        end_line(dash);
        break;
    case LINE_SUSPEND:
        dash->suspend = TRUE;
        break;
    }
}

void dash_leave_question(Dash *dash)
{
    if (dash_edits_line(dash)) {
        line_editor_cancel();
        end_line(dash);
    }
    dash->view->ask = ASK_NOTHING;
    dash_say(dash, "left as it was; q quits");
    dash->dirty = dash->urgent = TRUE;
}

static void answer_tier(Dash *dash, gunichar key)
{
    static const struct {
        gunichar key;
        Tier tier;
    } choices[] = {
        {'l', TIER_LOCAL},
        {'s', TIER_STANDARD},
        {'f', TIER_FRONTIER},
        {'o', TIER_OWN},
    };
    Event *event;

    for (gsize i = 0; i < G_N_ELEMENTS(choices); i++) {
        if (choices[i].key != key)
            continue;
        event = event_new(EVENT_SET_TIER);
        event->id = dash->view->ask_actor;
        event->tier = choices[i].tier;
        dash->view->ask = ASK_NOTHING;
        view_say(dash->view, dash->model->now_us,
                 g_strdup_printf("tier %s from now on", tier_word(choices[i].tier)));
        dash_take(dash, event);
        return;
    }
    view_say(dash->view, dash->model->now_us, g_strdup("tier left as it was"));
    dash->view->ask = ASK_NOTHING;
}

static void answer_smoke(Dash *dash, gunichar key)
{
    Event *event;

    dash->view->ask = ASK_NOTHING;
    if (key != 'y' && key != 'Y') {
        view_say(dash->view, dash->model->now_us, g_strdup("nothing was published"));
        dash_aim_drop(dash);
    } else if (dash->view->aim_actor != 0) {
        dash_aim_send(dash);
    } else if (dash->view->ask_repeat) {
        event = event_new(EVENT_REPEAT);
        event->on = TRUE;
        dash_take(dash, event);
        dash_take(dash, engine_tick(dash->engine));
    } else {
        dash_smoke_now(dash);
    }
}

void dash_answer(Dash *dash, gunichar key)
{
    if (dash->view->ask == ASK_TIER)
        answer_tier(dash, key);
    else
        answer_smoke(dash, key);
}
