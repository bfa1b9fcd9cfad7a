/* See actor_log.h. */
#include "heddle/actor_log.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"

enum {
    START_BYTES = 256 * 1024,
    POLL_BYTES = 1024 * 1024,
    LAG_BYTES = 8 * 1024 * 1024,
    LINE_BYTES = 16 * 1024,
    CHUNK_BYTES = 64 * 1024,
};

struct ActorLog {
    char *path;
    int fd; /* -1: none */
    dev_t device;
    ino_t inode;
    off_t offset;      /* of what is not read yet */
    GString *line;     /* what has been read of the last one */
    gboolean over;     /* the line is longer than is looked at: the rest goes */
    gboolean behind;   /* reading began within a line: it goes */
    gboolean followed; /* a file was read before, so the next one is read from its beginning */
    ActorLines lines;
};

ActorLog *actor_log_open(const char *path)
{
    ActorLog *log = g_new0(ActorLog, 1);

    log->path = g_strdup(path);
    log->fd = -1;
    log->line = g_string_new(NULL);
    return log;
}

static void close_file(ActorLog *log)
{
    if (log->fd >= 0)
        close(log->fd);
    log->fd = -1;
    g_string_truncate(log->line, 0);
    log->over = log->behind = FALSE;
}

void actor_log_free(ActorLog *log)
{
    if (log == NULL)
        return;
    close_file(log);
    g_string_free(log->line, TRUE);
    g_free(log->path);
    g_free(log);
}

/* --- lines --- */

static void end_line(ActorLog *log)
{
    /* The word that was cut may be half a URL, whose login nobody would know for one. */
    while (log->over && log->line->len > 0 && !g_ascii_isspace(log->line->str[log->line->len - 1]))
        g_string_truncate(log->line, log->line->len - 1);
    if (!log->behind)
        actor_lines_take(&log->lines, log->line->str, log->line->len);
    g_string_truncate(log->line, 0);
    log->over = log->behind = FALSE;
}

static void take_bytes(ActorLog *log, const char *bytes, gsize len)
{
    const char *at = bytes, *end = bytes + len;

    while (at < end) {
        const char *feed = memchr(at, '\n', (gsize)(end - at)), *stop = feed != NULL ? feed : end;
        gsize room = LINE_BYTES - log->line->len, more = (gsize)(stop - at);

        g_string_append_len(log->line, at, (gssize)MIN(more, room));
        if (more > room)
            log->over = TRUE;
        if (feed == NULL)
            return;
        end_line(log);
        at = feed + 1;
    }
}

/* --- the file --- */

static void trouble(ActorLog *log, const char *what, int error)
{
    g_snprintf(log->lines.summary.trouble, LOG_TEXT_BYTES, "%s%s%s", what, error != 0 ? ": " : "",
               error != 0 ? g_strerror(error) : "");
}

/* Pass over what is too much; the line that begins within it goes too. */
static void skip_to(ActorLog *log, off_t offset)
{
    char before = '\n';

    g_string_truncate(log->line, 0);
    log->over = FALSE;
    log->lines.summary.skipped += (guint64)(offset - log->offset);
    log->offset = offset;
    if (offset > 0 && pread(log->fd, &before, 1, offset - 1) != 1)
        before = '\0';
    log->behind = before != '\n';
}

static void open_file(ActorLog *log)
{
    struct stat info;
    int fd = open(log->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

    if (fd < 0) {
        trouble(log, errno == ENOENT ? "is not there" : "cannot be read",
                errno == ENOENT ? 0 : errno);
        return;
    }
    if (fstat(fd, &info) != 0 || !S_ISREG(info.st_mode)) {
        trouble(log, "is no regular file", 0);
        close(fd);
        return;
    }
    log->fd = fd;
    log->device = info.st_dev;
    log->inode = info.st_ino;
    log->offset = 0;
    if (!log->followed && info.st_size > START_BYTES)
        skip_to(log, info.st_size - START_BYTES);
    log->followed = TRUE;
    log->lines.summary.trouble[0] = '\0';
}

/* Read on, `*budget` bytes at most. TRUE at the file's end. */
static gboolean read_on(ActorLog *log, gsize *budget)
{
    char bytes[CHUNK_BYTES];
    struct stat info;

    if (fstat(log->fd, &info) != 0)
        info.st_size = log->offset;
    if (info.st_size < log->offset) {
        g_string_truncate(log->line, 0);
        log->over = log->behind = FALSE;
        log->offset = 0;
    } else if (info.st_size - log->offset > LAG_BYTES) {
        skip_to(log, info.st_size - START_BYTES);
    }
    while (*budget > 0) {
        ssize_t got = pread(log->fd, bytes, MIN(sizeof bytes, *budget), log->offset);

        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            trouble(log, "cannot be read", errno);
        if (got <= 0)
            break;
        *budget -= (gsize)got;
        log->offset += got;
        take_bytes(log, bytes, (gsize)got);
    }
    if (*budget == 0)
        return FALSE;
    if (fstat(log->fd, &info) == 0)
        actor_lines_date(&log->lines, (gint64)info.st_mtim.tv_sec * G_USEC_PER_SEC +
                                          info.st_mtim.tv_nsec / 1000);
    return TRUE;
}

/* Whoever writes it may go on doing so under another name, so it is followed until there is a new
 * one of its own name. */
static gboolean is_replaced(ActorLog *log)
{
    struct stat info;

    if (stat(log->path, &info) == 0) {
        log->lines.summary.trouble[0] = '\0';
        return info.st_dev != log->device || info.st_ino != log->inode;
    }
    trouble(log, errno == ENOENT ? "is not there" : "cannot be read", errno == ENOENT ? 0 : errno);
    return FALSE;
}

gboolean actor_log_poll(ActorLog *log, LogSummary *summary)
{
    gsize budget = POLL_BYTES;
    gboolean more = FALSE;

    if (log->fd >= 0) {
        gboolean replaced = is_replaced(log);

        more = !read_on(log, &budget);
        if (replaced && !more)
            close_file(log);
    }
    if (log->fd < 0) {
        open_file(log);
        if (log->fd >= 0)
            more = !read_on(log, &budget);
    }
    *summary = log->lines.summary;
    return more;
}
