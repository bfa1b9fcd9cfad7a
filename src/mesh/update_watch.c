/* What is seen on the bus: the sampled messages and their rates. */
#include <string.h>

#include "mesh/update_parts.h"

/* Longer ones are not taken apart for their row: that would take longer than a frame. */
enum { DECODE_MOST = 16 * 1024 };

WatchRow *update_watch_row(TapRecord *record)
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
    else if (record->class == TAP_BUS)
        row->note = note_read(record->subject, bytes, &row->trouble);
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
        g_ptr_array_add(watch->rows, update_watch_row(record));
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
