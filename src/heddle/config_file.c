/* See config_file.h. */
#include "heddle/config_file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FIRST_READ = 64 * 1024 };

static FileStamp stamp_of(const struct stat *info)
{
    gint64 ns =
        (gint64)info->st_mtim.tv_sec * G_GINT64_CONSTANT(1000000000) + info->st_mtim.tv_nsec;

    return (FileStamp){ns, info->st_size, (gint64)info->st_ino};
}

FileStamp config_stamp(const char *path)
{
    struct stat info;

    return stat(path, &info) == 0 && S_ISREG(info.st_mode) ? stamp_of(&info) : (FileStamp){0, 0, 0};
}

gboolean file_stamp_equal(FileStamp a, FileStamp b)
{
    return a.mtime_ns == b.mtime_ns && a.size == b.size && a.inode == b.inode;
}

/* The size that stat() tells is a hint only: the file may grow, and in /proc it is 0. */
static FileAnswer read_all(int fd, gsize hint, ConfigFile *file)
{
    gsize room = MIN(hint, CONFIG_MAX_BYTES) + 1, len = 0;
    GString *bytes = g_string_sized_new(room);

    file->bytes = bytes;
    for (;;) {
        ssize_t got;

        if (len == room)
            room = MAX(room * 2, FIRST_READ);
        g_string_set_size(bytes, room);
        got = read(fd, bytes->str + len, room - len);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0) {
            file->error = errno;
            return FILE_REFUSED;
        }
        len += (gsize)got;
        if (len > CONFIG_MAX_BYTES)
            return FILE_TOO_LARGE;
        if (got == 0)
            break;
    }
    g_string_set_size(bytes, len);
    return FILE_READ;
}

FileAnswer config_file_read(const char *path, ConfigFile *file)
{
    struct stat info;
    FileAnswer answer;
    int fd;

    *file = (ConfigFile){NULL, {0, 0, 0}, 0};
    if (stat(path, &info) != 0 || !S_ISREG(info.st_mode))
        return FILE_NOT_FOUND;
    file->stamp = stamp_of(&info);
    fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0) {
        file->error = errno;
        return errno == ENOENT ? FILE_NOT_FOUND : FILE_REFUSED;
    }
    /* It may have been exchanged for a FIFO since. */
    if (fstat(fd, &info) != 0 || !S_ISREG(info.st_mode)) {
        answer = FILE_NOT_FOUND;
    } else {
        file->stamp = stamp_of(&info);
        answer = info.st_size > CONFIG_MAX_BYTES ? FILE_TOO_LARGE
                                                 : read_all(fd, (gsize)info.st_size, file);
    }
    close(fd);
    return answer;
}

void config_file_clear(ConfigFile *file)
{
    if (file->bytes != NULL)
        g_string_free(file->bytes, TRUE);
    file->bytes = NULL;
}
