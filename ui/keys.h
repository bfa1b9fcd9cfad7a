/* The keys: one table that the dashboard obeys, the status line shows and the help explains. */
#ifndef UI_KEYS_H
#define UI_KEYS_H

#include <glib.h>

typedef enum Request {
    REQUEST_NONE,
    REQUEST_HELP,
    REQUEST_URL,
    REQUEST_TIER,
    REQUEST_SMOKE,
    REQUEST_RECHECK,
    REQUEST_OPEN,
    REQUEST_FILTER,
    REQUEST_QUIT,
    REQUEST_ACTOR_URL,
    REQUEST_ACTOR_TIER,
    REQUEST_REPEAT,
    REQUEST_MODE,
    REQUEST_PAYLOAD,
    REQUEST_WORKER,
    REQUEST_RECHECK_ALL,
    REQUEST_LADDER,
    REQUEST_HISTORY,
    REQUEST_SETTINGS,
    REQUEST_FINDINGS,
    REQUEST_DISMISS,
    REQUEST_COPY,
    REQUEST_FREEZE,
    REQUEST_SAVE,
    REQUEST_WIDEN,
    REQUEST_FOLD,
    REQUEST_LAYOUT,
    REQUEST_BACK,
    REQUEST_NEXT_PANE,
    REQUEST_PREVIOUS_PANE,
    REQUEST_UP,
    REQUEST_DOWN,
    REQUEST_LEFT,
    REQUEST_RIGHT,
    REQUEST_PAGE_UP,
    REQUEST_PAGE_DOWN,
    REQUEST_FIRST,
    REQUEST_LAST,
    REQUEST_REDRAW,
    REQUEST_SUSPEND,
    REQUEST_QUIT_KEEP,
    REQUEST_AIM,
    REQUEST_COUNT
} Request;

/* Keys that are no character, as the terminal layer reports them. */
enum {
    KEY_CODE_BASE = 0x110000, /* after the last Unicode character */
    KEY_CODE_UP,
    KEY_CODE_DOWN,
    KEY_CODE_LEFT,
    KEY_CODE_RIGHT,
    KEY_CODE_PAGE_UP,
    KEY_CODE_PAGE_DOWN,
    KEY_CODE_HOME,
    KEY_CODE_END,
    KEY_CODE_BACK_TAB,
    KEY_CODE_F1,
    KEY_CODE_OTHER
};

enum { KEYS_A_ROW = 4 };

typedef struct KeyRow {
    gunichar keys[KEYS_A_ROW]; /* characters or KEY_CODE_*; 0: none */
    Request request;
    const char *label; /* how the keys are written: "s", "Tab", "↑ k" */
    const char *brief; /* a word for the status line; NULL: not there */
    const char *help;  /* a sentence for the help */
} KeyRow;

/* The table, in the order of the help; *count is set. */
const KeyRow *keys_table(unsigned *count);

/* What a key asks for; REQUEST_NONE when it means nothing here. */
Request keys_request(gunichar key);

#endif
