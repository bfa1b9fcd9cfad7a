/* Opening and closing what lies over the panes. */
#include "ui/dash.h"

void dash_close_window(View *view)
{
    view->window = WINDOW_NONE;
    view->window_top = 0;
    g_clear_pointer(&view->window_row, watch_row_unref);
    g_clear_pointer(&view->window_lines, g_ptr_array_unref);
}

void dash_open_window(View *view, Window window, unsigned id)
{
    dash_close_window(view);
    view->window = window;
    view->window_id = id;
}

/* A message is laid out once: it may be a megabyte. */
void dash_open_message(View *view, WatchRow *row)
{
    g_autofree char *text = message_pretty(raw_bytes(row->bytes, row->len));
    g_auto(GStrv) split = g_strsplit(text, "\n", -1);

    dash_open_window(view, WINDOW_MESSAGE, 0);
    view->window_row = watch_row_ref(row);
    view->window_lines = g_ptr_array_new_with_free_func(g_free);
    for (unsigned i = 0; split[i] != NULL; i++)
        g_ptr_array_add(view->window_lines, g_strdup(split[i]));
}
