/* Facts go into the places of a remedy's text. They come from outside and land in a shell: each is
 * quoted unless it is plain. */
#include "heddle/remedy.h"

#include <glib.h>
#include <string.h>

#include "heddle/kind.h"

static gboolean is_plain(const char *text)
{
    return text[0] != '\0' && text[0] != '-' &&
           text[strspn(text, G_CSET_a_2_z G_CSET_A_2_Z G_CSET_DIGITS "_-./:@%+=,")] == '\0';
}

/* As a shell word; `otherwise` when it is not known. */
static char *word(const char *text, const char *otherwise)
{
    if (text == NULL || text[0] == '\0')
        return g_strdup(otherwise);
    return is_plain(text) ? g_strdup(text) : g_shell_quote(text);
}

/* A masked URL cannot be typed: the variable it should be in can. */
static char *fill_url(const RemedyFacts *facts)
{
    gboolean masked = facts->url != NULL && strstr(facts->url, "•") != NULL;

    return masked ? g_strdup("$NATS_URL") : word(facts->url, "$NATS_URL");
}

static char *fill_host(const RemedyFacts *facts)
{
    return word(facts->host, "localhost");
}

static char *fill_site(const RemedyFacts *facts)
{
    gboolean v6 = facts->host != NULL && strchr(facts->host, ':') != NULL;
    g_autofree char *host = fill_host(facts);

    return v6 ? g_strdup_printf("[%s]", host) : g_steal_pointer(&host);
}

static char *fill_on_host(const RemedyFacts *facts)
{
    const char *host = facts->host != NULL ? facts->host : "localhost";
    gboolean here = strcmp(host, "localhost") == 0 || strcmp(host, "::1") == 0 ||
                    g_str_has_prefix(host, "127.");
    g_autofree char *there = fill_host(facts);

    return here ? g_strdup("") : g_strdup_printf("ssh %s ", there);
}

static char *fill_port(const RemedyFacts *facts)
{
    return g_strdup_printf("%u", facts->port != 0 ? facts->port : 4222);
}

static char *fill_path(const RemedyFacts *facts)
{
    return word(facts->path, "configs/");
}

static char *fill_name(const RemedyFacts *facts)
{
    return word(facts->name, "echo");
}

static char *fill_kind(const RemedyFacts *facts)
{
    return word(facts->kind, "processor");
}

static char *fill_tier(const RemedyFacts *facts)
{
    return word(facts->tier, "local");
}

/* Heddle 0.9.2: only worker and processor take --tier; the others' commands end at it (`heddle
 * KIND --help`). */
static char *fill_tier_flag(const RemedyFacts *facts)
{
    g_autofree char *tier = fill_tier(facts);

    return facts->kind != NULL && kind_info(kind_from_word(facts->kind))->default_tier == NULL
               ? g_strdup("")
               : g_strdup_printf(" --tier %s", tier);
}

static char *fill_pid(const RemedyFacts *facts)
{
    return facts->pid > 0 ? g_strdup_printf("%d", facts->pid) : g_strdup("PID");
}

static const struct {
    const char *place;
    char *(*fill)(const RemedyFacts *facts); /* caller frees */
} places[] = {
    {"{host}", fill_host},           {"{site}", fill_site}, {"{on_host}", fill_on_host},
    {"{port}", fill_port},           {"{url}", fill_url},   {"{path}", fill_path},
    {"{name}", fill_name},           {"{kind}", fill_kind}, {"{tier}", fill_tier},
    {"{tier_flag}", fill_tier_flag}, {"{pid}", fill_pid},
};

char *remedy_fill(const char *pattern, const RemedyFacts *facts)
{
    GString *text = g_string_new(NULL);

    while (*pattern != '\0') {
        gsize i = 0;

        while (i < G_N_ELEMENTS(places) && !g_str_has_prefix(pattern, places[i].place))
            i++;
        if (i == G_N_ELEMENTS(places)) {
            g_string_append_c(text, *pattern++);
        } else {
            g_autofree char *filled = places[i].fill(facts);

            g_string_append(text, filled);
            pattern += strlen(places[i].place);
        }
    }
    return g_string_free(text, FALSE);
}
