#include "ui/line_kill.h"

#include <glib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <readline/readline.h>

/* readline's commands carry no pointer, so what was taken out stands here. */
static char *taken;

void line_kill_wipe(void)
{
    if (taken != NULL)
        explicit_bzero(taken, strlen(taken));
    g_clear_pointer(&taken, g_free);
}

static int take(int from, int to)
{
    int start = MIN(from, to), end = MAX(from, to);

    if (start == end)
        return 0;
    line_kill_wipe();
    taken = g_strndup(rl_line_buffer + start, (gsize)(end - start));
    rl_delete_text(start, end);
    rl_point = start;
    return 0;
}

static int to_start(int count, int key)
{
    (void)count;
    (void)key;
    return take(0, rl_point);
}

static int to_end(int count, int key)
{
    (void)count;
    (void)key;
    return take(rl_point, rl_end);
}

static int all(int count, int key)
{
    (void)count;
    (void)key;
    return take(0, rl_end);
}

static int word_before(int count, int key)
{
    int from = rl_point;

    rl_backward_word(count, key);
    return take(rl_point, from);
}

static int word_after(int count, int key)
{
    int from = rl_point;

    rl_forward_word(count, key);
    return take(from, rl_point);
}

/* Back to the blank before. */
static int blank_before(int count, int key)
{
    int start = rl_point;

    (void)count;
    (void)key;
    while (start > 0 && g_ascii_isspace(rl_line_buffer[start - 1]))
        start--;
    while (start > 0 && !g_ascii_isspace(rl_line_buffer[start - 1]))
        start--;
    return take(start, rl_point);
}

static int put_back(int count, int key)
{
    (void)count;
    (void)key;
    if (taken != NULL)
        rl_insert_text(taken);
    return 0;
}

static int one_character(int count, int key)
{
    (void)count; /* more than one would be readline's own way of taking out */
    return rl_delete(1, key);
}

static int nothing(int count, int key)
{
    (void)count;
    (void)key;
    return 0;
}

static const struct {
    const char *name; /* readline's command */
    rl_command_func_t *ours;
} commands[] = {
    {"unix-line-discard", to_start},
    {"backward-kill-line", to_start},
    {"kill-line", to_end},
    {"kill-whole-line", all},
    {"backward-kill-word", word_before},
    {"kill-word", word_after},
    {"unix-word-rubout", blank_before},
    {"unix-filename-rubout", blank_before},
    {"yank", put_back},
    {"yank-pop", nothing},
    {"copy-region-as-kill", nothing},
    {"copy-backward-word", nothing},
    {"copy-forward-word", nothing},
    {"kill-region", nothing},
    {"vi-delete-to", nothing},
    {"vi-change-to", nothing},
    {"vi-yank-to", nothing},
    {"vi-put", put_back},
    {"vi-delete", one_character},
    {"vi-subst", nothing},
};

void line_kill_bind(void)
{
    static const char *const maps[] = {"emacs", "vi-move", "vi-insert"};

    for (gsize i = 0; i < G_N_ELEMENTS(commands); i++) {
        rl_command_func_t *theirs = rl_named_function(commands[i].name);

        for (gsize k = 0; theirs != NULL && k < G_N_ELEMENTS(maps); k++) {
            Keymap map = rl_get_keymap_by_name(maps[k]);
            char **keys = map != NULL ? rl_invoking_keyseqs_in_map(theirs, map) : NULL;

            for (int n = 0; keys != NULL && keys[n] != NULL; n++) {
                rl_bind_keyseq_in_map(keys[n], commands[i].ours, map);
                free(keys[n]);
            }
            free(keys);
        }
    }
}
