/* Prints the remedies as the Markdown table of README.md (`make readme-table`), filled in for the
 * URL and the actor that Heddle's documents use. */
#include <glib.h>
#include <stdio.h>
#include <string.h>

#include "heddle/remedy.h"

#define GAP "   " /* in a remedy's `next`: a command ends, words or another one follow */

static const RemedyFacts facts = {
    .url = "nats://nats:4222",
    .host = "nats",
    .port = 4222,
    .path = "configs/workers/echo.yaml",
    .name = "echo",
    .kind = "processor",
    .tier = "local",
};

/* A bar would end the cell, even in code. Words are text, where < begins a tag. */
static void print_escaped(const char *text, gsize len, gboolean code)
{
    for (gsize i = 0; i < len; i++) {
        if (text[i] == '|')
            putchar('\\');
        if (text[i] == '<' && !code)
            printf("&lt;");
        else
            putchar(text[i]);
    }
}

static void print_code(const char *text, gsize len)
{
    putchar('`');
    print_escaped(text, len, TRUE);
    putchar('`');
}

/* "COMMAND   or: COMMAND", "COMMAND   then read the log"; what follows "then: " is advice. */
static void print_next(const char *next)
{
    const char *gap = strstr(next, GAP);
    const char *words = gap != NULL ? gap + strlen(GAP) : NULL;
    const char *colon =
        words != NULL && !g_str_has_prefix(words, "then: ") ? strstr(words, ": ") : NULL;

    print_code(next, gap != NULL ? (gsize)(gap - next) : strlen(next));
    if (words == NULL)
        return;
    putchar(' ');
    print_escaped(words, colon != NULL ? (gsize)(colon - words) : strlen(words), FALSE);
    if (colon == NULL)
        return;
    printf(": ");
    print_code(colon + 2, strlen(colon + 2));
}

int main(void)
{
    unsigned count;
    const Remedy *table = remedy_table(&count);

    puts("| it says | what is going on | what to type next |\n|---|---|---|");
    for (unsigned i = 0; i < count; i++) {
        g_autofree char *why = remedy_fill(table[i].why, &facts);
        g_autofree char *next = remedy_fill(table[i].next, &facts);

        printf("| `%s` | ", table[i].id);
        print_escaped(why, strlen(why), FALSE);
        printf(" | ");
        print_next(next);
        puts(" |");
    }
    return 0;
}
