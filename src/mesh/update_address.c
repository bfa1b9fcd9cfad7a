/* The name of the link's URL is looked up again every few seconds while the link is up: a look-up
 * costs next to nothing, and when a pod is moved, or a record changed, a standing connection shows
 * nothing of it. */
#include <string.h>

#include "mesh/update_parts.h"

/* A list is not one name, and a number is not looked up. */
static gboolean has_name(const char *text)
{
    g_autofree char *why = NULL;
    NatsUrl *url = nats_url_servers(text) == 1 ? nats_url_parse(text, &why) : NULL;
    gboolean name = url != NULL && !g_hostname_is_ip_address(url->host);

    nats_url_free(url);
    return name;
}

void update_address_known(Model *model, Probe *probe, char *const *addresses)
{
    const char *const *now = (const char *const *)addresses;

    if (now == NULL || now[0] == NULL)
        return; /* a name that leads nowhere is another trouble */
    if (probe->addresses != NULL && !g_strv_equal((const char *const *)probe->addresses, now)) {
        g_free(probe->moved_from);
        probe->moved_from = g_strjoinv(", ", probe->addresses);
        probe->moved_us = model->now_us;
    }
    if (addresses == probe->addresses)
        return;
    g_strfreev(probe->addresses);
    probe->addresses = g_strdupv((char **)addresses);
}

void update_address(Model *model, const Event *event, Effects *effects)
{
    Probe *probe = model->probe;
    gint64 moved_us = probe->moved_us;

    if (!probe->looking || event->generation != probe->look)
        return; /* about a URL that is in force no more */
    probe->looking = FALSE;
    update_address_known(model, probe, event->addresses);
    /* What there is now at the other end is for a climb to say. */
    if (probe->moved_us != moved_us && model->link.state == LINK_UP)
        update_probe_now(model, probe, effects);
}

void update_address_tick(Model *model, Effects *effects)
{
    Probe *probe = model->probe;
    Effect *effect;

    if (model->link.state != LINK_UP || model->paused || probe->looking ||
        model->now_us - MAX(probe->looked_us, model->link.up_us) < ADDRESS_AGAIN)
        return;
    probe->looked_us = model->now_us;
    if (!has_name(probe->url))
        return;
    probe->looking = TRUE;
    probe->look = ++model->next_id;
    effect = effects_add(effects, EFFECT_LOOK_UP);
    effect->generation = probe->look;
    effect->text = g_strdup(probe->url);
}
