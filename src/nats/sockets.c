#include "nats/sockets.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>

static gboolean peer_is(int fd, const char *address)
{
    struct sockaddr_storage peer;
    socklen_t len = sizeof peer;
    char host[INET6_ADDRSTRLEN] = "", text[INET6_ADDRSTRLEN + 16];

    if (getpeername(fd, (struct sockaddr *)&peer, &len) != 0)
        return FALSE;
    if (peer.ss_family == AF_INET) {
        struct sockaddr_in *in = (struct sockaddr_in *)&peer;

        inet_ntop(AF_INET, &in->sin_addr, host, sizeof host);
        g_snprintf(text, sizeof text, "%s:%u", host, ntohs(in->sin_port));
    } else if (peer.ss_family == AF_INET6) {
        struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)&peer;

        inet_ntop(AF_INET6, &in6->sin6_addr, host, sizeof host);
        g_snprintf(text, sizeof text, "[%s]:%u", host, ntohs(in6->sin6_port));
    } else {
        return FALSE;
    }
    return g_str_equal(text, address);
}

/* /proc rather than a list of our own, since it is libnats that opened the one in question. */
void sockets_visit(const char *address, SocketVisit visit, void *data)
{
    DIR *fds = opendir("/proc/self/fd");
    struct dirent *entry;

    if (fds == NULL)
        return;
    while ((entry = readdir(fds)) != NULL) {
        int fd = atoi(entry->d_name);
        struct stat st;

        /* By its name in /proc: most of these descriptors are other threads' business. */
        if (entry->d_name[0] != '.' && fstatat(dirfd(fds), entry->d_name, &st, 0) == 0 &&
            S_ISSOCK(st.st_mode) && peer_is(fd, address))
            visit(data, fd, (gint64)st.st_ino);
    }
    closedir(fds);
}

/* --- the path --- */

typedef struct Look {
    unsigned local_port;
    PathState state;
    unsigned quiet_ms;
} Look;

static unsigned local_port_of(int fd)
{
    struct sockaddr_storage own;
    socklen_t len = sizeof own;

    if (getsockname(fd, (struct sockaddr *)&own, &len) != 0)
        return 0;
    return own.ss_family == AF_INET6 ? ntohs(((struct sockaddr_in6 *)&own)->sin6_port)
                                     : ntohs(((struct sockaddr_in *)&own)->sin_port);
}

static void look(void *data, int fd, gint64 inode)
{
    Look *look = data;
    struct tcp_info info = {0};
    socklen_t len = sizeof info;

    (void)inode;
    if (local_port_of(fd) != look->local_port ||
        getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &len) != 0)
        return;
    look->state = info.tcpi_unacked > 0 && info.tcpi_retransmits > 0 ? PATH_CUT : PATH_HOLDS;
    look->quiet_ms = info.tcpi_last_ack_recv;
}

PathState sockets_path(const char *address, unsigned local_port, unsigned *quiet_ms)
{
    Look it = {local_port, PATH_UNKNOWN, 0};

    sockets_visit(address, look, &it);
    *quiet_ms = it.quiet_ms;
    return it.state;
}
