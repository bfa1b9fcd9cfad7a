/* The wide subscriptions: the watch of heddle.>, which the operator turns to, and the sentinel,
 * which looks for messages that take actors down. */
#include "mesh/update_parts.h"

void update_bus_sample(Model *model, const Event *event)
{
    BusWatch *bus = &model->bus;

    for (unsigned i = 0; i < event->rows->len; i++) {
        TapRecord *record = g_ptr_array_index(event->rows, i);
        WatchRow *row;

        if (record->seq <= bus->last_seq)
            continue;
        bus->not_kept += record->seq - bus->last_seq - 1;
        bus->last_seq = record->seq;
        row = update_watch_row(record);
        if (row->note != NULL)
            flows_note(bus->flows, row->note, row->wall_us);
        g_ptr_array_add(bus->rows, row);
    }
    if (event->rows->len == 0 && event->counts.last_seq > bus->last_seq) { /* gone again */
        bus->not_kept += event->counts.last_seq - bus->last_seq;
        bus->last_seq = event->counts.last_seq;
    }
    if (bus->rows->len > WATCH_KEPT) {
        bus->not_kept += bus->rows->len - WATCH_KEPT;
        g_ptr_array_remove_range(bus->rows, 0, bus->rows->len - WATCH_KEPT);
    }
    if (event->traffic != NULL)
        subject_tree_take(bus->subjects, event->traffic, model->now_us);
}

static void make_whole(StreamView *stream)
{
    stream->width = STREAM_WHOLE;
    g_clear_pointer(&stream->text, g_free);
    g_clear_pointer(&stream->denied, g_free);
}

static void ask_link(const Model *model, LinkStream id, Effects *effects)
{
    Effect *effect = effects_add(effects, EFFECT_LISTEN);

    effect->id = model->link.number;
    effect->stream = id;
    effect->on = model->streams[id].wanted;
}

void update_listen(Model *model, LinkStream stream, gboolean on, Effects *effects)
{
    model->streams[stream].wanted = on;
    make_whole(&model->streams[stream]);
    ask_link(model, stream, effects);
}

/* Another link begins with the whole of what is wanted. */
void update_bus_afresh(Model *model, gboolean other_url, Effects *effects)
{
    for (LinkStream id = 0; id < LINK_STREAMS; id++)
        if (model->streams[id].wanted) {
            make_whole(&model->streams[id]);
            ask_link(model, id, effects);
        }
    if (!other_url)
        return;
    g_ptr_array_set_size(model->bus.rows, 0);
    model->bus.not_kept = 0;
    subject_tree_clear(model->bus.subjects);
    flows_clear(model->bus.flows);
}

void update_bus_news(Model *model, const LinkNews *news)
{
    StreamView *stream = &model->streams[news->stream];

    if (!stream->wanted) /* it was on its way when the operator turned away */
        return;
    if (news->kind == LINK_NEWS_STREAM_DENIED) {
        g_free(stream->denied);
        stream->denied = g_strdup(news->text);
        return;
    }
    stream->width = (StreamWidth)MIN(news->count, STREAM_LEFT);
    stream->wall_us = news->wall_us;
    g_free(stream->text);
    stream->text = g_strdup(news->text);
}

void update_poison(Model *model, const Event *event)
{
    Event *mutable = (Event *)event; /* the poison changes hands */
    PoisonSeen *seen;

    if (event->id != model->link.number)
        return; /* of another bus */
    model->poisons_untold += event->count;
    if (event->poison == NULL)
        return;
    if (event->poison->harm == POISON_RELOAD) {
        model->reload_wall = event->wall_us;
        return;
    }
    seen = g_new(PoisonSeen, 1);
    *seen = (PoisonSeen){
        .number = ++model->poison_count,
        .at_us = event->at_us,
        .wall_us = event->wall_us,
        .poison = g_steal_pointer(&mutable->poison),
    };
    g_ptr_array_add(model->poisons, seen);
    if (model->roster.round == ROUND_NONE)
        update_roster_again(model); /* who has gone by it? */
    if (model->poisons->len > POISONS_KEPT)
        g_ptr_array_remove_index(model->poisons, 0);
}
