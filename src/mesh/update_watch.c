/* What is seen on the bus: the sampled messages, their rates, and who is subscribed. */
#include <string.h>

#include "mesh/update_parts.h"

/* Longer ones are not taken apart for their row: that would take longer than a frame. */
enum { DECODE_MOST = 16 * 1024 };

static WatchRow *row_of(TapRecord *record)
{
    WatchRow *row = g_new0(WatchRow, 1);
    RawText bytes = raw_bytes(record->bytes, record->len);

    refs_init(&row->refs);
    row->seq = record->seq;
    row->wall_us = record->wall_us;
    row->class = record->class;
    row->size = record->size;
    row->len = record->len;
    row->subject = text_clean(raw_text(record->subject), 128);
    row->bytes = g_memdup2(record->bytes, record->len + 1);
    if (record->size > DECODE_MOST || record->len < record->size)
        row->trouble = g_strdup(record->len < record->size ? "cut: too long to keep" : "long");
    else if (record->class == TAP_DEAD_LETTER)
        row->dead_letter = message_dead_letter(bytes, &row->trouble);
    else
        row->result = message_result(bytes, &row->trouble);
    return row;
}

void update_sample(Model *model, const Event *event)
{
    Watch *watch = &model->watch;

    for (unsigned i = 0; i < event->rows->len; i++) {
        TapRecord *record = g_ptr_array_index(event->rows, i);

        if (record->seq <= watch->last_seq)
            continue;
        if (watch->last_seq != 0)
            watch->not_kept += record->seq - watch->last_seq - 1;
        else
            watch->not_kept +=
                event->counts.seen[TAP_RESULT] + event->counts.seen[TAP_DEAD_LETTER] -
                MIN(event->rows->len,
                    event->counts.seen[TAP_RESULT] + event->counts.seen[TAP_DEAD_LETTER]);
        watch->last_seq = record->seq;
        g_ptr_array_add(watch->rows, row_of(record));
    }
    if (event->rows->len == 0) /* all that was new is gone again */
        watch->last_seq = event->counts.last_seq;
    watch->counts = event->counts;
    if (watch->rows->len > WATCH_KEPT) {
        watch->not_kept += watch->rows->len - WATCH_KEPT;
        g_ptr_array_remove_range(watch->rows, 0, watch->rows->len - WATCH_KEPT);
    }
}

void update_watch_reset(Model *model)
{
    Watch *watch = &model->watch;

    g_ptr_array_set_size(watch->rows, 0);
    watch->not_kept = watch->last_seq = 0;
    watch->counts = watch->rate_counts = (TapCounts){0};
    memset(watch->rate, 0, sizeof watch->rate);
}

void update_watch_tick(Model *model)
{
    Watch *watch = &model->watch;
    double seconds = (double)(model->now_us - watch->rate_us) / SECOND;

    if (seconds < 1)
        return;
    for (TapClass class = 0; class < TAP_CLASSES; class ++) {
        guint64 before = watch->rate_counts.seen[class], now = watch->counts.seen[class];

        watch->rate[class] = now > before ? (double)(now - before) / seconds : 0;
    }
    watch->rate_counts = watch->counts;
    watch->rate_us = model->now_us;
}

void update_roster(Model *model, const Event *event)
{
    RosterView *view = &model->roster;

    if (event->id != model->link.number || !view->running)
        return;
    if (event->roster == NULL) {
        update_roster_refused(model, event->text);
        return;
    }
    if (view->coming == NULL)
        view->coming = roster_new();
    roster_merge(view->coming, event->roster);
    view->reply_us = event->at_us;
}

void update_roster_refused(Model *model, const char *why)
{
    RosterView *view = &model->roster;

    view->running = FALSE;
    view->state = ROSTER_CANNOT_TELL;
    view->at_us = model->now_us;
    g_clear_pointer(&view->roster, roster_free);
    g_clear_pointer(&view->coming, roster_free);
    g_free(view->why);
    view->why = g_strdup(why);
}

/* Every server of a cluster answers for itself: the round is over when no more come. */
static void end_round(Model *model)
{
    RosterView *view = &model->roster;

    roster_free(view->roster);
    view->roster = g_steal_pointer(&view->coming);
    view->state = ROSTER_KNOWN;
    view->at_us = model->now_us;
    view->running = FALSE;
}

void update_roster_tick(Model *model, Effects *effects)
{
    RosterView *view = &model->roster;
    gint64 again = view->state == ROSTER_CANNOT_TELL ? ROSTER_REFUSED : ROSTER_AGAIN;

    if (view->coming != NULL && model->now_us - view->reply_us >= ROSTER_QUIET)
        end_round(model);
    if (model->link.state != LINK_UP || model->paused || view->running ||
        (view->at_us != 0 && model->now_us - view->at_us < again))
        return;
    view->running = TRUE;
    view->asked_us = model->now_us;
    effects_add(effects, EFFECT_ASK_ROSTER)->id = model->link.number;
}
