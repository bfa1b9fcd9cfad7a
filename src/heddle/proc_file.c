/* See proc_file.h. */
#include "heddle/proc_file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

enum { FIRST_READ = 4096 };

GString *proc_file_read(int folder, const char *name, gsize max)
{
    int fd = openat(folder, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    GString *bytes;
    gsize len = 0, room = MIN(FIRST_READ, max);

    if (fd < 0)
        return NULL;
    bytes = g_string_sized_new(room);
    while (len < max) {
        ssize_t got;

        if (len == room)
            room = MIN(room * 2, max);
        if (bytes->allocated_len <= room) {
            GString *larger = g_string_sized_new(room);

            g_string_append_len(larger, bytes->str, (gssize)len);
            proc_file_free(bytes); /* g_string_set_size() would leave what it holds in the heap */
            bytes = larger;
        }
        g_string_set_size(bytes, room);
        got = read(fd, bytes->str + len, room - len);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0 && len == 0 && errno != EAGAIN) {
            int error = errno;

            close(fd);
            g_string_set_size(bytes, 0);
            proc_file_free(bytes);
            errno = error;
            return NULL;
        }
        if (got <= 0)
            break;
        len += (gsize)got;
    }
    close(fd);
    g_string_set_size(bytes, len);
    return bytes;
}

void proc_file_free(GString *bytes)
{
    if (bytes == NULL)
        return;
    explicit_bzero(bytes->str, bytes->allocated_len);
    g_string_free(bytes, TRUE);
}

char *proc_file_link(int folder, const char *name)
{
    char path[PATH_MAX];
    ssize_t len = readlinkat(folder, name, path, sizeof path);

    return len < 0 ? NULL : g_strndup(path, (gsize)len);
}
