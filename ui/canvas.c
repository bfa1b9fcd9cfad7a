#include "ui/canvas.h"

#include <string.h>

#include "mesh/glyph.h"

Canvas *canvas_new(int width, int height)
{
    Canvas *canvas = g_new0(Canvas, 1);

    canvas_resize(canvas, width, height);
    return canvas;
}

void canvas_free(Canvas *canvas)
{
    g_free(canvas->cells);
    g_free(canvas);
}

void canvas_resize(Canvas *canvas, int width, int height)
{
    canvas->width = MAX(width, 1);
    canvas->height = MAX(height, 1);
    canvas->cells = g_renew(Cell, canvas->cells, (gsize)canvas->width * (gsize)canvas->height);
    canvas_clear(canvas);
}

void canvas_clear(Canvas *canvas)
{
    for (int y = 0; y < canvas->height; y++)
        canvas_blank(canvas, y, 0, canvas->width, STYLE_NORMAL);
}

static Cell *cell_at(const Canvas *canvas, int y, int x)
{
    if (y < 0 || y >= canvas->height || x < 0 || x >= canvas->width)
        return NULL;
    return &canvas->cells[y * canvas->width + x];
}

const Cell *canvas_cell(const Canvas *canvas, int y, int x)
{
    return cell_at(canvas, y, x);
}

static void set(Canvas *canvas, int y, int x, gunichar c, int width, Style style)
{
    Cell *cell = cell_at(canvas, y, x);

    if (cell == NULL)
        return;
    /* Half of a wide character is none: its other half goes too. */
    if (cell->width == 0 && x > 0)
        *cell_at(canvas, y, x - 1) = (Cell){{' ', 0, 0}, 1, cell_at(canvas, y, x - 1)->style};
    if (cell->width == 2 && x + 1 < canvas->width)
        *cell_at(canvas, y, x + 1) = (Cell){{' ', 0, 0}, 1, cell->style};
    *cell = (Cell){{c, 0, 0}, (guint8)width, (guint8)style};
    if (width == 2 && (cell = cell_at(canvas, y, x + 1)) != NULL)
        *cell = (Cell){{0, 0, 0}, 0, (guint8)style};
}

void canvas_blank(Canvas *canvas, int y, int x, int columns, Style style)
{
    for (int i = MAX(x, 0); i < x + columns && i < canvas->width; i++) {
        Cell *cell = cell_at(canvas, y, i);

        if (cell != NULL)
            *cell = (Cell){{' ', 0, 0}, 1, (guint8)style};
    }
}

/* What may be painted of a character: text is clean, but the canvas does not rely on it. */
static gunichar paintable(const Canvas *canvas, gunichar c)
{
    if (canvas->ascii)
        return (gunichar)glyph_ascii(c);
    return c < 0x20 || (c >= 0x7f && c < 0xa0) ? 0xfffd : c;
}

static void add_mark(Canvas *canvas, int y, int x, gunichar mark)
{
    Cell *cell = cell_at(canvas, y, x);

    for (int i = 1; cell != NULL && !canvas->ascii && i <= CELL_MARKS; i++)
        if (cell->c[i] == 0) {
            cell->c[i] = mark;
            return;
        }
}

int canvas_put(Canvas *canvas, int y, int x, int columns, Style style, const char *text)
{
    int used = 0, last = 0;

    columns = MIN(columns, canvas->width - x);
    for (; *text != '\0'; text = g_utf8_next_char(text)) {
        gunichar c = g_utf8_get_char(text);
        int width = g_unichar_iswide(c) && !canvas->ascii ? 2 : 1;

        if (g_unichar_iszerowidth(c)) {
            if (used > 0)
                add_mark(canvas, y, x + last, c);
            continue;
        }
        if (used + width > columns) {
            if (columns > 0) {
                last = MIN(last, columns - 1);
                set(canvas, y, x + (used == columns ? last : used), paintable(canvas, 0x2026), 1,
                    style);
            }
            return MAX(columns, 0);
        }
        last = used;
        set(canvas, y, x + used, paintable(canvas, c), width, style);
        used += width;
    }
    return used;
}

int canvas_printf(Canvas *canvas, int y, int x, int columns, Style style, const char *format, ...)
{
    g_autofree char *text = NULL;
    va_list args;

    va_start(args, format);
    text = g_strdup_vprintf(format, args);
    va_end(args);
    return canvas_put(canvas, y, x, columns, style, text);
}

static void repeat(Canvas *canvas, int y, int x, int columns, Style style, gunichar c)
{
    for (int i = 0; i < columns; i++)
        set(canvas, y, x + i, paintable(canvas, c), 1, style);
}

void canvas_rule(Canvas *canvas, int y, int x, int columns, Style style, const char *title)
{
    int used;

    repeat(canvas, y, x, columns, STYLE_DIM, 0x2500);
    if (title == NULL || columns < 6)
        return;
    canvas_blank(canvas, y, x + 1, 1, STYLE_NORMAL);
    used = canvas_put(canvas, y, x + 2, columns - 4, style, title);
    canvas_blank(canvas, y, x + 2 + used, 1, STYLE_NORMAL);
}

void canvas_box(Canvas *canvas, int y, int x, int height, int columns, Style style,
                const char *title, const char *right)
{
    int bottom = y + height - 1, end = x + columns - 1;
    int right_columns = right != NULL && right[0] != '\0' ? (int)g_utf8_strlen(right, -1) + 2 : 0;

    for (int i = y + 1; i < bottom; i++) {
        canvas_blank(canvas, i, x, columns, STYLE_NORMAL);
        set(canvas, i, x, paintable(canvas, 0x2502), 1, style);
        set(canvas, i, end, paintable(canvas, 0x2502), 1, style);
    }
    repeat(canvas, y, x, columns, style, 0x2500);
    repeat(canvas, bottom, x, columns, style, 0x2500);
    set(canvas, y, x, paintable(canvas, 0x256d), 1, style);
    set(canvas, y, end, paintable(canvas, 0x256e), 1, style);
    set(canvas, bottom, x, paintable(canvas, 0x2570), 1, style);
    set(canvas, bottom, end, paintable(canvas, 0x256f), 1, style);
    if (right_columns > columns / 2)
        right_columns = 0;
    if (title != NULL) {
        int used;

        canvas_blank(canvas, y, x + 1, 1, STYLE_NORMAL);
        used = canvas_put(canvas, y, x + 2, columns - 5 - right_columns, STYLE_BOLD, title);
        canvas_blank(canvas, y, x + 2 + used, 1, STYLE_NORMAL);
    }
    if (right_columns > 0)
        canvas_printf(canvas, y, end - right_columns, right_columns, STYLE_DIM, " %s ", right);
}

void canvas_flag(Canvas *canvas, int y, int x, int columns, Style flag)
{
    for (int i = x; i < x + columns; i++) {
        Cell *cell = cell_at(canvas, y, i);

        if (cell != NULL)
            cell->style |= (guint8)flag;
    }
}

Style canvas_state_style(State state)
{
    static const Style styles[STATE_COUNT] = {
        [STATE_PENDING] = STYLE_DIM,     [STATE_OK] = STYLE_OK,        [STATE_SKIPPED] = STYLE_DIM,
        [STATE_NOT_REACHED] = STYLE_DIM, [STATE_UNKNOWN] = STYLE_WARN, [STATE_WARN] = STYLE_WARN,
        [STATE_FAIL] = STYLE_FAIL,
    };

    return styles[state];
}

char *canvas_text(const Canvas *canvas)
{
    GString *text = g_string_new(NULL);

    for (int y = 0; y < canvas->height; y++) {
        for (int x = 0; x < canvas->width; x++) {
            const Cell *cell = canvas_cell(canvas, y, x);

            for (int i = 0; cell->width > 0 && i <= CELL_MARKS && cell->c[i] != 0; i++)
                g_string_append_unichar(text, cell->c[i]);
        }
        while (text->len > 0 && text->str[text->len - 1] == ' ')
            g_string_truncate(text, text->len - 1);
        g_string_append_c(text, '\n');
    }
    return g_string_free(text, FALSE);
}
