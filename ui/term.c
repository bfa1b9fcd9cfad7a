#include "ui/term.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <wchar.h>

#include <curses.h>
#include <term.h>

#include "ui/keys.h"
#include "ui/term_found.h"

enum { CLOSE_WAIT_MS = 100, FIRST_PAIR = 1 };

struct Term {
    SCREEN *screen;
    FILE *in, *paper; /* `paper` is the file in memory that curses writes to */
    int in_fd, out_fd, paper_fd;
    gboolean out_is_ours; /* opened by us, so that O_NONBLOCK is nobody else's */
    gboolean marks;       /* what is pasted is to be marked as such */
    GByteArray *waiting;  /* bytes that the terminal has not taken yet */
    Canvas *shown;        /* what curses was told last */
    attr_t attributes[STYLE_COUNT];
    short pairs[STYLE_COUNT];
    int cursor_y, cursor_x;
    gboolean repaint;
    guint64 bytes;
};

/* A description of our own of the same terminal, so that O_NONBLOCK does not leak to the shell. */
static void open_out(Term *term)
{
    const char *name = ttyname(STDOUT_FILENO);

    term->out_fd = name != NULL ? open(name, O_WRONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC) : -1;
    if (term->out_fd < 0)
        term->out_fd = open("/dev/tty", O_WRONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    term->out_is_ours = term->out_fd >= 0;
    if (!term->out_is_ours)
        term->out_fd = STDOUT_FILENO; /* it may block, but it works */
}

static void set_styles(Term *term, gboolean no_colour)
{
    static const struct {
        attr_t attributes;
        short colour; /* -1: none */
    } looks[STYLE_COUNT] = {
        [STYLE_NORMAL] = {A_NORMAL, -1},
        [STYLE_DIM] = {A_DIM, -1},
        [STYLE_BOLD] = {A_BOLD, -1},
        [STYLE_OK] = {A_NORMAL, COLOR_GREEN},
        [STYLE_WARN] = {A_NORMAL, COLOR_YELLOW},
        [STYLE_FAIL] = {A_BOLD, COLOR_RED},
        [STYLE_KEY] = {A_NORMAL, COLOR_CYAN},
        [STYLE_TITLE] = {A_BOLD, COLOR_CYAN},
    };
    gboolean colours = !no_colour && has_colors() && start_color() == OK;

    if (colours)
        use_default_colors();
    for (short style = 0; style < STYLE_COUNT; style++) {
        term->attributes[style] = looks[style].attributes;
        if (!colours || looks[style].colour < 0)
            continue;
        init_pair((short)(FIRST_PAIR + style), looks[style].colour, -1);
        term->pairs[style] = (short)(FIRST_PAIR + style);
    }
}

static void take_paper(Term *term)
{
    struct stat st;
    guint8 *bytes;
    gsize before = term->waiting->len;

    fflush(term->paper);
    if (fstat(term->paper_fd, &st) != 0 || st.st_size == 0)
        return;
    g_byte_array_set_size(term->waiting, (guint)(before + (gsize)st.st_size));
    bytes = term->waiting->data + before;
    if (pread(term->paper_fd, bytes, (size_t)st.st_size, 0) != st.st_size)
        g_byte_array_set_size(term->waiting, (guint)before);
    if (ftruncate(term->paper_fd, 0) != 0 || lseek(term->paper_fd, 0, SEEK_SET) != 0)
        g_error("the terminal's memory file failed: %s", g_strerror(errno));
}

Term *term_open(gboolean no_colour, char **why)
{
    Term *term;
    int error = 0;
    const char *type = g_getenv("TERM");

    if (type == NULL || setupterm(type, STDOUT_FILENO, &error) != OK || tigetstr("cup") == NULL ||
        tigetstr("cup") == (char *)-1) {
        *why = g_strdup_printf("this terminal (TERM=%s) cannot show a dashboard: set TERM, or use "
                               "--once for a report",
                               type != NULL ? type : "");
        return NULL;
    }
    term = g_new0(Term, 1);
    term->in_fd = dup(STDIN_FILENO);
    term->in = fdopen(term->in_fd, "r");
    term->paper_fd = memfd_create("heddle-preflight screen", MFD_CLOEXEC);
    term->paper = term->paper_fd >= 0 ? fdopen(term->paper_fd, "w+") : NULL;
    open_out(term);
    if (term->in == NULL || term->paper == NULL || !term_found_keep(STDIN_FILENO, term->out_fd)) {
        *why = g_strdup_printf("the terminal cannot be used: %s", g_strerror(errno));
        g_free(term);
        return NULL;
    }
    term->waiting = g_byte_array_new();
    term->shown = canvas_new(1, 1);
    term->cursor_y = -1;
    term_found_leave();
    set_escdelay(25);
    term->screen = newterm(type, term->paper, term->in);
    if (term->screen == NULL) {
        term_found_give_back();
        *why = g_strdup("ncurses cannot use this terminal");
        return NULL;
    }
    noecho();
    nonl();
    keypad(stdscr, TRUE);
    nodelay(stdscr, TRUE);
    curs_set(0);
    set_styles(term, no_colour);
    term->repaint = TRUE;
    return term;
}

static void wait_until_taken(Term *term)
{
    struct pollfd out = {.fd = term->out_fd, .events = POLLOUT};

    while (!term_flush(term))
        if (poll(&out, 1, CLOSE_WAIT_MS) <= 0 || (out.revents & (POLLERR | POLLHUP)) != 0)
            return;
}

static void leave(Term *term)
{
    endwin();
    take_paper(term);
    term_found_let_flow();
    wait_until_taken(term);
    term_found_give_back();
}

void term_close(Term *term)
{
    leave(term);
    delscreen(term->screen);
    fclose(term->in);
    fclose(term->paper);
    if (term->out_is_ours)
        close(term->out_fd);
    g_byte_array_unref(term->waiting);
    canvas_free(term->shown);
    g_free(term);
}

int term_in(const Term *term)
{
    return term->in_fd;
}

int term_out(const Term *term)
{
    return term->out_fd;
}

void term_size(const Term *term, int *width, int *height)
{
    struct winsize size = {0};

    if (ioctl(term->in_fd, TIOCGWINSZ, &size) != 0 || size.ws_col == 0 || size.ws_row == 0) {
        size.ws_col = 80; /* a terminal that does not tell, such as a serial line */
        size.ws_row = 24;
    }
    *width = MIN(size.ws_col, 1000);
    *height = MIN(size.ws_row, 500);
}

gboolean term_flush(Term *term)
{
    while (term->waiting->len > 0) {
        ssize_t count = write(term->out_fd, term->waiting->data, term->waiting->len);

        if (count < 0 && errno == EINTR)
            continue;
        if (count <= 0)
            return FALSE;
        term->bytes += (guint64)count;
        g_byte_array_remove_range(term->waiting, 0, (guint)count);
    }
    return TRUE;
}

static void put_cell(const Term *term, int y, int x, const Cell *cell)
{
    wchar_t text[CELL_MARKS + 2] = {0};
    Style style = cell->style & (STYLE_SELECTED - 1);
    attr_t attributes = term->attributes[style];
    cchar_t complex;

    if (cell->width == 0)
        return;
    for (int i = 0; i <= CELL_MARKS; i++)
        text[i] = (wchar_t)cell->c[i];
    /* Where the C library and GLib disagree on a width, the place is worth more than the glyph. */
    if (wcwidth(text[0]) != cell->width)
        wmemcpy(text, cell->width == 2 ? L"??" : L"?", cell->width == 2 ? 3 : 2);
    if (cell->style & STYLE_SELECTED)
        attributes |= A_REVERSE;
    if (text[1] == L'?' && cell->width == 2) {
        mvaddstr(y, x, "??");
    } else if (setcchar(&complex, text, attributes, term->pairs[style], NULL) == OK) {
        mvadd_wch(y, x, &complex);
    }
}

static void put_row(Term *term, const Canvas *canvas, int y)
{
    for (int x = 0; x < canvas->width; x++)
        put_cell(term, y, x, canvas_cell(canvas, y, x));
}

static void copy_canvas(Canvas *to, const Canvas *from)
{
    if (to->width != from->width || to->height != from->height)
        canvas_resize(to, from->width, from->height);
    memcpy(to->cells, from->cells, sizeof(Cell) * (gsize)from->width * (gsize)from->height);
}

/* Only rows that changed are told to curses, which then finds the cells that did. */
static void paint(Term *term, const Canvas *canvas)
{
    gsize row = (gsize)canvas->width;

    if (term->shown->width != canvas->width || term->shown->height != canvas->height) {
        resizeterm(canvas->height, canvas->width);
        term->repaint = TRUE;
    }
    if (term->repaint)
        clear();
    for (int y = 0; y < canvas->height; y++)
        if (term->repaint || memcmp(canvas->cells + (gsize)y * row,
                                    term->shown->cells + (gsize)y * row, row * sizeof(Cell)) != 0)
            put_row(term, canvas, y);
    term->repaint = FALSE;
    copy_canvas(term->shown, canvas);
}

gboolean term_show(Term *term, const Canvas *canvas, int cursor_y, int cursor_x)
{
    gboolean visible = cursor_y >= 0;

    if (!term_flush(term))
        return FALSE;
    paint(term, canvas);
    if (visible != (term->cursor_y >= 0))
        curs_set(visible ? 1 : 0);
    if (visible)
        move(cursor_y, cursor_x);
    term->cursor_y = cursor_y;
    term->cursor_x = cursor_x;
    leaveok(stdscr, !visible);
    refresh();
    take_paper(term);
    term_flush(term);
    return TRUE;
}

void term_repaint(Term *term)
{
    term->repaint = TRUE;
}

static gunichar key_code(wint_t key)
{
    static const struct {
        wint_t curses;
        gunichar ours;
    } codes[] = {
        {KEY_UP, KEY_CODE_UP},
        {KEY_DOWN, KEY_CODE_DOWN},
        {KEY_LEFT, KEY_CODE_LEFT},
        {KEY_RIGHT, KEY_CODE_RIGHT},
        {KEY_PPAGE, KEY_CODE_PAGE_UP},
        {KEY_NPAGE, KEY_CODE_PAGE_DOWN},
        {KEY_HOME, KEY_CODE_HOME},
        {KEY_END, KEY_CODE_END},
        {KEY_BTAB, KEY_CODE_BACK_TAB},
        {KEY_F(1), KEY_CODE_F1},
        {KEY_ENTER, '\r'},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(codes); i++)
        if (codes[i].curses == key)
            return codes[i].ours;
    return KEY_CODE_OTHER;
}

gunichar term_key(Term *term)
{
    wint_t key;

    (void)term;
    switch (get_wch(&key)) {
    case OK:
        return key == 0 ? KEY_CODE_OTHER : (gunichar)key;
    case KEY_CODE_YES:
        return key_code(key);
    default:
        return 0;
    }
}

static void queue_bytes(Term *term, const char *bytes)
{
    g_byte_array_append(term->waiting, (const guint8 *)bytes, (guint)strlen(bytes));
    term_flush(term);
}

/* While a line is edited the terminal marks what is pasted, so that a line feed in it does not
 * count as Enter. */
void term_decode_keys(Term *term, gboolean on)
{
    keypad(stdscr, on);
    term->marks = !on;
    if (term_found_marks_paste())
        queue_bytes(term, on ? PASTE_OFF : PASTE_ON);
}

void term_copy(Term *term, const char *text)
{
    g_autofree char *base64 = g_base64_encode((const guchar *)text, strlen(text));
    g_autofree char *sequence = g_strdup_printf("\033]52;c;%s\a", base64);

    queue_bytes(term, sequence);
}

/* All of the process group stops, as it does when the terminal itself answers Ctrl-Z: a script that
 * waits for us would otherwise wait for ever, with nobody to read the keys. The demo's warden has a
 * group of its own. */
void term_suspend(Term *term)
{
    leave(term);
    kill(0, SIGSTOP);
    term_found_leave();
    if (term->marks && term_found_marks_paste())
        queue_bytes(term, PASTE_ON);
    term->repaint = TRUE;
    term->cursor_y = -1;
    curs_set(0);
}

guint64 term_bytes(const Term *term)
{
    return term->bytes;
}
