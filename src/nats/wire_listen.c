/* A wire's subscriptions: what they deliver, how they end, what they carry. See wire.h. */
#include "nats/wire_parts.h"

/* What libnats may hold for us before it drops: enough for a burst, little enough to stay small. */
enum { PENDING_MESSAGES = 32768, PENDING_BYTES = 8 * 1024 * 1024 };

/* What a delivery gets. Referenced by its place and by libnats until its last word on the
 * subscription, which may come before or after ours: when the connection closes, all its
 * subscriptions end by themselves. */
struct Listener {
    Refs refs;
    Wire *wire;
    TapClass class;
    guint64 messages, bytes; /* atomic; written by the one thread that delivers */
};

/* No locked instruction: nobody else writes it. */
static void add_relaxed(guint64 *to, guint64 what)
{
    __atomic_store_n(to, __atomic_load_n(to, __ATOMIC_RELAXED) + what, __ATOMIC_RELAXED);
}

static void on_message(natsConnection *nc, natsSubscription *sub, natsMsg *msg, void *data)
{
    Listener *listener = data;
    const WireHooks *hooks = &listener->wire->hooks;

    (void)nc;
    (void)sub;
    add_relaxed(&listener->messages, 1);
    add_relaxed(&listener->bytes, (guint64)natsMsg_GetDataLength(msg));
    hooks->message(hooks->data, listener->class, natsMsg_GetSubject(msg), natsMsg_GetData(msg),
                   (gsize)natsMsg_GetDataLength(msg));
    natsMsg_Destroy(msg);
}

static void listener_unref(Listener *listener)
{
    if (refs_drop(&listener->refs))
        g_free(listener);
}

static void on_listener_done(void *data)
{
    Listener *listener = data;
    Wire *wire = listener->wire;

    listener_unref(listener);
    wire_unref(wire);
}

static gint64 dropped_by(Place *place)
{
    int64_t dropped = 0;

    if (natsSubscription_GetDropped(place->sub, &dropped) == NATS_OK)
        place->dropped = dropped;
    return place->dropped;
}

static void leave(Wire *wire, Place *place)
{
    if (place->sub == NULL)
        return;
    wire->dropped += dropped_by(place);
    natsSubscription_Unsubscribe(place->sub);
    natsSubscription_Destroy(place->sub);
    place->sub = NULL;
    listener_unref(g_steal_pointer(&place->listener));
}

void wire_unsubscribe_all(Wire *wire)
{
    for (unsigned i = 0; i < MAX_LISTENERS; i++)
        leave(wire, &wire->places[i]);
}

unsigned wire_subscribe(Wire *wire, const char *subject, TapClass class)
{
    Place *place = wire->places, *end = place + MAX_LISTENERS;
    Listener *listener;

    while (place < end && place->sub != NULL)
        place++;
    if (place == end)
        return 0;
    listener = g_new0(Listener, 1);
    refs_init(&listener->refs);
    listener->wire = wire;
    listener->class = class;
    refs_take(&wire->refs);
    if (natsConnection_Subscribe(&place->sub, wire->nc, subject, on_message, listener) != NATS_OK) {
        place->sub = NULL;
        on_listener_done(listener);
        return 0;
    }
    refs_take(&listener->refs);
    place->listener = listener;
    place->dropped = 0;
    natsSubscription_SetPendingLimits(place->sub, PENDING_MESSAGES, PENDING_BYTES);
    natsSubscription_SetOnCompleteCB(place->sub, on_listener_done, listener);
    return place->number = ++wire->last_number;
}

void wire_unsubscribe(Wire *wire, unsigned number)
{
    for (unsigned i = 0; i < MAX_LISTENERS; i++)
        if (wire->places[i].number == number)
            leave(wire, &wire->places[i]);
}

/* Messages for a subscription that another thread destroys can crash libnats before 3.6.1, so it is
 * destroyed only when no more can come. */
void wire_leave(Wire *wire, const unsigned *numbers, unsigned count, int wait_ms)
{
    for (unsigned n = 0; n < count; n++)
        for (unsigned i = 0; i < MAX_LISTENERS; i++)
            if (wire->places[i].sub != NULL && wire->places[i].number == numbers[n]) {
                dropped_by(&wire->places[i]);
                natsSubscription_Unsubscribe(wire->places[i].sub);
            }
    natsConnection_FlushTimeout(wire->nc, wait_ms);
    for (unsigned n = 0; n < count; n++)
        wire_unsubscribe(wire, numbers[n]);
}

gboolean wire_load(Wire *wire, unsigned number, Load *load)
{
    for (unsigned i = 0; i < MAX_LISTENERS; i++) {
        Place *place = &wire->places[i];
        int pending = 0, pending_bytes = 0;

        if (place->sub == NULL || place->number != number)
            continue;
        natsSubscription_GetPending(place->sub, &pending, &pending_bytes);
        *load = (Load){
            .messages = __atomic_load_n(&place->listener->messages, __ATOMIC_RELAXED),
            .bytes = __atomic_load_n(&place->listener->bytes, __ATOMIC_RELAXED),
            .pending = pending,
            .pending_bytes = pending_bytes,
            .dropped = dropped_by(place),
        };
        return TRUE;
    }
    return FALSE;
}

gint64 wire_dropped(Wire *wire)
{
    gint64 dropped = wire->dropped;

    for (unsigned i = 0; i < MAX_LISTENERS; i++)
        if (wire->places[i].sub != NULL)
            dropped += dropped_by(&wire->places[i]);
    return dropped;
}
