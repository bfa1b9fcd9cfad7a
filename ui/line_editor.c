#include "ui/line_editor.h"

#include "ui/line_kill.h"

#include <errno.h>
#include <malloc.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <readline/history.h>
#include <readline/readline.h>

enum {
    ESCAPE = 0x1b,
    SUSPEND = 'Z' & 0x1f,
    ESCAPE_WAIT_MS = 25,
    PASTE_WAIT_MS = 200,
    LINE_MOST = 4096
};

/* readline's callbacks carry no pointer, so what they need stands here. */
static struct {
    gboolean prepared;
    FILE *nowhere;
    int fd;
    int next; /* a byte that was read and not taken by readline yet; -1: none */
    char *accepted;
    gboolean ended;
} editor;

static gboolean readable(int fd, int wait_ms)
{
    struct pollfd in = {.fd = fd, .events = POLLIN};

    return poll(&in, 1, wait_ms) > 0 && (in.revents & POLLIN) != 0;
}

/* One byte at a time, so that what was typed ahead of the line's end stays where the next reader
 * finds it. */
static gboolean refill(int wait_ms)
{
    unsigned char byte;

    if (!readable(editor.fd, wait_ms) || read(editor.fd, &byte, 1) != 1)
        return FALSE;
    editor.next = byte;
    return TRUE;
}

/* readline asks for one byte. Within a key sequence or a paste more must follow at once; if it does
 * not, the sequence is taken as it is. */
static int next_byte(FILE *stream)
{
    int byte;

    (void)stream;
    if (editor.next < 0 && !refill(PASTE_WAIT_MS))
        return EOF;
    byte = editor.next;
    editor.next = -1;
    return byte;
}

static int byte_waits(void)
{
    return editor.next >= 0 || readable(editor.fd, 0);
}

static void nothing(void)
{
}

/* What was typed may hold a password, and what was taken out again lies behind the line's end. */
static void wipe_line(void)
{
    for (UNDO_LIST *undo = rl_undo_list; undo != NULL; undo = undo->next)
        if (undo->text != NULL)
            explicit_bzero(undo->text, strlen(undo->text));
    line_kill_wipe();
    explicit_bzero(rl_line_buffer, malloc_usable_size(rl_line_buffer));
    rl_replace_line("", 1);
    rl_point = 0;
}

static void on_line(char *line)
{
    editor.accepted = line != NULL ? g_strdup(line) : NULL;
    if (line != NULL)
        explicit_bzero(line, strlen(line));
    free(line);
    wipe_line();
    editor.ended = TRUE;
    rl_callback_handler_remove();
}

/* Ctrl-C in raw mode is a signal and never comes here; Ctrl-G is readline's own way out. */
static int on_abort(int count, int key)
{
    (void)count;
    (void)key;
    wipe_line();
    editor.ended = TRUE;
    return 0;
}

/* What makes no sense in a line without a prompt of its own: searches, whose text nobody would see;
 * another mode, which would stay; what runs or reads something else. */
static const char *const unwanted[] = {
    "reverse-search-history",
    "forward-search-history",
    "non-incremental-reverse-search-history",
    "non-incremental-forward-search-history",
    "non-incremental-reverse-search-history-again",
    "non-incremental-forward-search-history-again",
    "vi-editing-mode",
    "vi-search",
    "emacs-editing-mode",
    "re-read-init-file",
    "dump-functions",
    "dump-macros",
    "dump-variables",
    "start-kbd-macro",
    "end-kbd-macro",
    "call-last-kbd-macro",
    "print-last-kbd-macro",
    "operate-and-get-next",
    "insert-comment",
    "clear-screen",
    "clear-display",
};

static void take_away(void)
{
    static const char *const maps[] = {"emacs", "emacs-meta", "emacs-ctlx",
                                       "vi",    "vi-move",    "vi-insert"};

    for (gsize i = 0; i < G_N_ELEMENTS(unwanted); i++) {
        rl_command_func_t *function = rl_named_function(unwanted[i]);

        for (gsize k = 0; function != NULL && k < G_N_ELEMENTS(maps); k++)
            if (rl_get_keymap_by_name(maps[k]) != NULL)
                rl_unbind_function_in_map(function, rl_get_keymap_by_name(maps[k]));
    }
}

static void prepare(void)
{
    if (editor.prepared)
        return;
    editor.prepared = TRUE;
    editor.nowhere = fopen("/dev/null", "w");
    rl_readline_name = "heddle-preflight";
    rl_outstream = editor.nowhere;
    rl_instream = stdin;
    rl_prep_term_function = NULL;
    rl_deprep_term_function = NULL;
    rl_catch_signals = 0;
    rl_catch_sigwinch = 0;
    rl_change_environment = 0;
    rl_getc_function = next_byte;
    rl_input_available_hook = byte_waits;
    rl_redisplay_function = nothing;
    rl_completion_entry_function = NULL;
    rl_inhibit_completion = 1;
    rl_initialize();
    rl_variable_bind("enable-bracketed-paste", "on");
    rl_variable_bind("bell-style", "none");
    rl_bind_key('\t', rl_insert);
    rl_bind_key('G' & 0x1f, on_abort);
    take_away();
    line_kill_bind();
}

static void load_history(GPtrArray *history)
{
    clear_history();
    for (unsigned i = 0; history != NULL && i < history->len; i++)
        add_history(g_ptr_array_index(history, i));
    using_history();
}

void line_editor_begin(const char *initial, GPtrArray *history)
{
    prepare();
    load_history(history);
    editor.next = -1;
    editor.ended = FALSE;
    g_clear_pointer(&editor.accepted, g_free);
    rl_callback_handler_install("", on_line);
    rl_replace_line(initial, 1);
    rl_point = rl_end;
}

void line_editor_cancel(void)
{
    if (!editor.ended) {
        rl_callback_sigcleanup(); /* whatever waits for another key: an argument, a long key */
        wipe_line();
        rl_callback_handler_remove();
    }
    editor.ended = TRUE;
}

static gboolean is_lone_escape(void)
{
    return editor.next == ESCAPE && !readable(editor.fd, ESCAPE_WAIT_MS);
}

LineOutcome line_editor_feed(int fd)
{
    editor.fd = fd;
    while (!editor.ended && refill(0)) {
        if (is_lone_escape()) {
            line_editor_cancel();
            return LINE_CANCELLED;
        }
        if (editor.next == SUSPEND) {
            editor.next = -1;
            return LINE_SUSPEND;
        }
        rl_callback_read_char();
        if (!editor.ended && rl_end > LINE_MOST) /* a pasted book */
            rl_delete_text(LINE_MOST, rl_end);
    }
    if (!editor.ended)
        return LINE_GOING;
    if (editor.accepted != NULL)
        return LINE_ACCEPTED;
    rl_callback_handler_remove();
    return LINE_CANCELLED;
}

const char *line_editor_text(void)
{
    return rl_line_buffer != NULL ? rl_line_buffer : "";
}

int line_editor_cursor(void)
{
    return rl_point;
}

char *line_editor_take(void)
{
    return g_steal_pointer(&editor.accepted);
}
