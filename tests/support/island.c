#include "tests/support/island.h"

#include <arpa/inet.h>
#include <check.h>
#include <errno.h>
#include <net/if.h>
#include <net/route.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

static const char loopback[] = "lo";

static void set_loopback(gboolean up)
{
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    struct ifreq request = {.ifr_flags = up ? IFF_UP : 0};

    g_strlcpy(request.ifr_name, loopback, sizeof request.ifr_name);
    ck_assert_int_eq(ioctl(fd, SIOCSIFFLAGS, &request), 0);
    close(fd);
}

static gboolean write_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "we");
    gboolean written = file != NULL && fputs(text, file) >= 0;

    return file != NULL && fclose(file) == 0 && written;
}

/* Who is not root becomes it in a user namespace of its own. */
static gboolean become_root(void)
{
    g_autofree char *users = g_strdup_printf("0 %u 1", (unsigned)geteuid());
    g_autofree char *groups = g_strdup_printf("0 %u 1", (unsigned)getegid());

    return unshare(CLONE_NEWUSER) == 0 && write_file("/proc/self/setgroups", "deny") &&
           write_file("/proc/self/uid_map", users) && write_file("/proc/self/gid_map", groups);
}

gboolean island_enter(void)
{
    if ((geteuid() == 0 || become_root()) && unshare(CLONE_NEWNET | CLONE_NEWNS) == 0 &&
        mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0) {
        set_loopback(TRUE);
        return TRUE;
    }
    ck_assert_msg(getenv("CI") == NULL, "no network namespace: %s", g_strerror(errno));
    printf("SKIP: no network namespace: %s\n", g_strerror(errno));
    return FALSE;
}

/* Another file in place of `path`, in this mount namespace alone. The file has no name. */
static void put_over(const char *path, const char *text)
{
    char other[] = "/tmp/heddle-preflight-etc-XXXXXX";
    int fd = mkstemp(other);

    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    ck_assert_int_eq(fchmod(fd, 0644), 0);
    close(fd);
    umount2(path, MNT_DETACH); /* one that was put there before has lost its name */
    ck_assert_msg(mount(other, path, NULL, MS_BIND, NULL) == 0, "%s: %s", path, g_strerror(errno));
    unlink(other);
}

void island_set_hosts(const char *hosts)
{
    put_over("/etc/nsswitch.conf", "hosts: files\n");
    put_over("/etc/hosts", hosts);
}

void island_silence_resolver(void)
{
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(53), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0); /* open until the test ends */

    ck_assert_int_eq(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
    put_over("/etc/nsswitch.conf", "hosts: files dns\n");
    put_over("/etc/resolv.conf", "nameserver 127.0.0.1\n");
}

/* Through the loopback interface, where they come in again, belong to nobody, and are dropped. */
void island_swallow(const char *address)
{
    struct rtentry route = {.rt_flags = RTF_UP | RTF_HOST, .rt_dev = (char *)loopback};
    struct sockaddr_in *to = (struct sockaddr_in *)&route.rt_dst;
    struct sockaddr_in *mask = (struct sockaddr_in *)&route.rt_genmask;
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

    to->sin_family = mask->sin_family = AF_INET;
    ck_assert_int_eq(inet_pton(AF_INET, address, &to->sin_addr), 1);
    mask->sin_addr.s_addr = INADDR_NONE;
    ck_assert_msg(ioctl(fd, SIOCADDRT, &route) == 0, "%s", g_strerror(errno));
    close(fd);
}

void island_cut(void)
{
    set_loopback(FALSE);
}
