#include "base/save.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

static gboolean write_all(int fd, const char *bytes, gsize len)
{
    while (len > 0) {
        gssize count = write(fd, bytes, len);

        if (count < 0 && errno == EINTR)
            continue;
        if (count <= 0)
            return FALSE;
        bytes += count;
        len -= (gsize)count;
    }
    return TRUE;
}

gboolean save_new_file(const char *path, const char *bytes, gsize len, char **why)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    gboolean written;
    int error;

    if (fd < 0) {
        *why = g_strdup(errno == EEXIST ? "it is there already, and is not overwritten"
                                        : g_strerror(errno));
        return FALSE;
    }
    written = write_all(fd, bytes, len);
    error = errno;
    if (close(fd) != 0 && written) {
        written = FALSE;
        error = errno;
    }
    if (!written) {
        unlink(path);
        *why = g_strdup(g_strerror(error));
    }
    return written;
}
