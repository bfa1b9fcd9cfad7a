#include "ui/keys.h"

#define CTRL(letter) ((letter)&0x1f)
#define ESCAPE       0x1b

static const KeyRow table[] = {
    {{'?', KEY_CODE_F1}, REQUEST_HELP, "? F1", "help", "this help"},
    {{'u'},
     REQUEST_URL,
     "u",
     "url",
     "edit the NATS URL: Enter proves the new one, Esc leaves all as it was"},
    {{'t'},
     REQUEST_TIER,
     "t",
     "tier",
     "tier for all actors: local, standard, frontier, or each its own"},
    {{'s'}, REQUEST_SMOKE, "s", "smoke", "publish one smoke task and follow it"},
    {{'r'},
     REQUEST_RECHECK,
     "r",
     "recheck",
     "check the selected actor again (in other panes: everything)"},
    {{'\r', '\n'},
     REQUEST_OPEN,
     "Enter",
     "details",
     "open what is selected: actor, smoke, message, or the ladder of the header"},
    {{'/'},
     REQUEST_FILTER,
     "/",
     "filter",
     "show only actors and messages that hold a text; empty shows all"},
    {{'q'}, REQUEST_QUIT, "q", "quit", "quit (in an open window: close it)"},
    {{'U'},
     REQUEST_ACTOR_URL,
     "U",
     "its url",
     "URL of the selected actor only; empty gives it back"},
    {{'T'}, REQUEST_ACTOR_TIER, "T", "its tier", "tier of the selected actor only"},
    {{'S'}, REQUEST_REPEAT, "S", "repeat", "a smoke every 5 s, or stop that"},
    {{'m'},
     REQUEST_MODE,
     "m",
     "mode",
     "kind of smoke: task, direct (past the router), goal (as heddle submit)"},
    {{'e'}, REQUEST_PAYLOAD, "e", NULL, "edit the payload of the smoke"},
    {{'W'}, REQUEST_WORKER, "W", NULL, "edit the worker type of the smoke"},
    {{'R'}, REQUEST_RECHECK_ALL, "R", "all again", "check everything again"},
    {{'L'},
     REQUEST_LADDER,
     "L",
     "ladder",
     "the ladder: every link to the server, with time and evidence"},
    {{'H'},
     REQUEST_HISTORY,
     "H",
     "history",
     "the timeline: what changed, when, and how long it had been so; newest on top"},
    {{'D'},
     REQUEST_SETTINGS,
     "D",
     "settings",
     "the settings in force and where each comes from; no password is shown"},
    {{'y'},
     REQUEST_COPY,
     "y",
     "copy",
     "copy the next command, or the message, to the clipboard (OSC 52)"},
    {{'p'}, REQUEST_FREEZE, "p", "freeze", "freeze the watched messages, or let them flow"},
    {{'v'}, REQUEST_LAYOUT, "v", "layout", "actors as cards, as a table, or as they fit"},
    {{ESCAPE},
     REQUEST_BACK,
     "Esc",
     NULL,
     "step back: close, take the filter off, let a new URL go"},
    {{'\t'}, REQUEST_NEXT_PANE, "Tab", "panes", "next pane: actors, smokes, messages, header"},
    {{KEY_CODE_BACK_TAB}, REQUEST_PREVIOUS_PANE, "Shift-Tab", NULL, "previous pane"},
    {{KEY_CODE_UP, 'k'}, REQUEST_UP, "↑ k", NULL, "up"},
    {{KEY_CODE_DOWN, 'j'}, REQUEST_DOWN, "↓ j", NULL, "down"},
    {{KEY_CODE_LEFT, 'h'}, REQUEST_LEFT, "← h", NULL, "left; in the messages: results"},
    {{KEY_CODE_RIGHT, 'l'}, REQUEST_RIGHT, "→ l", NULL, "right; in the messages: dead letters"},
    {{KEY_CODE_PAGE_UP, CTRL('b')}, REQUEST_PAGE_UP, "PgUp ^B", NULL, "a page up"},
    {{KEY_CODE_PAGE_DOWN, CTRL('f'), ' '}, REQUEST_PAGE_DOWN, "PgDn ^F", NULL, "a page down"},
    {{KEY_CODE_HOME, 'g'}, REQUEST_FIRST, "Home g", NULL, "first"},
    {{KEY_CODE_END, 'G'},
     REQUEST_LAST,
     "End G",
     NULL,
     "last; in the messages: follow the newest again"},
    {{CTRL('l')}, REQUEST_REDRAW, "^L", NULL, "paint the screen anew"},
    {{CTRL('z')},
     REQUEST_SUSPEND,
     "^Z",
     NULL,
     "suspend (unsubscribes first, so that nobody waits for us)"},
    {{'Q'}, REQUEST_QUIT_KEEP, "Q", NULL, "quit and leave the last screen in the scrollback"},
};

const KeyRow *keys_table(unsigned *count)
{
    *count = G_N_ELEMENTS(table);
    return table;
}

Request keys_request(gunichar key)
{
    for (gsize i = 0; i < G_N_ELEMENTS(table); i++)
        for (int k = 0; k < KEYS_A_ROW && table[i].keys[k] != 0; k++)
            if (table[i].keys[k] == key)
                return table[i].request;
    return REQUEST_NONE;
}
