/* The bus's part of the timeline: what the guard did to the wide subscriptions, messages that take
 * actors down, reloads that somebody asked for. */
#include "mesh/timeline_parts.h"

static const struct {
    const char *track;
    const char *words[STREAM_LEFT + 1];
} streams[LINK_STREAMS] = {
    [STREAM_BUS] = {"bus watch", {"whole", "narrowed", "left"}},
    [STREAM_SENTINEL] = {"sentinel", {"whole", "narrowed", "left"}},
};

/* Turning to the bus and away is no news; what the guard does is. */
static void observe_streams(Model *model)
{
    for (LinkStream id = 0; id < LINK_STREAMS; id++) {
        const StreamView *stream = &model->streams[id];
        Change change = timeline_change(model, streams[id].track,
                                        stream->width == STREAM_WHOLE ? STATE_OK : STATE_WARN,
                                        streams[id].words[stream->width]);

        change.text = stream->text;
        if (stream->wanted)
            timeline_note(model->timeline, &model->timeline->streams[id], &change);
    }
}

/* Each is an entry of its own: the next to vanish may be another's victim. */
static void observe_poisons(Model *model)
{
    Timeline *timeline = model->timeline;

    for (unsigned i = 0; i < model->poisons->len; i++) {
        const PoisonSeen *seen = g_ptr_array_index(model->poisons, i);
        const Poison *poison = seen->poison;
        g_autofree char *text = NULL;
        Change change;

        if (seen->number <= timeline->poisons)
            continue;
        text = g_strdup_printf("on %s, takes down %s: %s", poison->subject,
                               poison_victims(poison->victim), poison->head);
        change =
            timeline_change(model, "poison", poison_is_deadly(poison) ? STATE_FAIL : STATE_WARN,
                            poison_word(poison->harm));
        change.at_us = seen->at_us;
        change.wall_us = seen->wall_us;
        change.text = text;
        timeline_append(timeline, &timeline->poison, &change);
        timeline->poisons = seen->number;
    }
}

static void observe_reload(Model *model)
{
    Timeline *timeline = model->timeline;
    Change change = timeline_change(model, "reload", STATE_OK, "asked for");

    if (model->reload_wall == timeline->reload_wall)
        return;
    timeline->reload_wall = change.wall_us = model->reload_wall;
    change.text = "somebody published it on heddle.control.reload: every actor but the router "
                  "reads its config anew";
    timeline_append(timeline, &timeline->reload, &change);
}

void timeline_observe_bus(Model *model)
{
    observe_streams(model);
    observe_poisons(model);
    observe_reload(model);
}
