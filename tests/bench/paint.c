/* The baseline of a screen: an ncurses program that paints one and then waits (`paint`), shows a
 * clock that ticks once a second (`paint clock`), or answers keys (`paint keys`): ? puts "this
 * help" over the screen and q takes it off. q ends the others. */
#include <curses.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static void paint(void)
{
    char line[16];
    time_t now = time(NULL);

    strftime(line, sizeof line, "%H:%M:%S", localtime(&now));
    mvaddstr(0, 0, "url dns tcp info tls auth ping router");
    mvaddstr(0, COLS - 8, line);
    for (int y = 1; y < LINES; y++)
        mvhline(y, 0, ACS_HLINE, COLS);
    refresh();
}

static void answer_keys(void)
{
    for (int key = 0; key != 'Q'; key = getch()) {
        paint();
        for (int y = 2; key == '?' && y < LINES - 1; y++)
            mvprintw(y, 0, "%2d  this help", y);
        refresh();
    }
}

int main(int argc, char **argv)
{
    int clock = argc > 1 && strcmp(argv[1], "clock") == 0;

    setlocale(LC_ALL, "");
    initscr();
    cbreak();
    noecho();
    curs_set(0);
    timeout(clock ? 1000 : -1);
    if (argc > 1 && strcmp(argv[1], "keys") == 0) {
        answer_keys();
    } else {
        do
            paint();
        while (getch() != 'q');
    }
    endwin();
    return 0;
}
