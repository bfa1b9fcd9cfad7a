/* See procs_net.h. A process's descriptors name its sockets by inode; the table of its network says
 * what each is connected to. Many actors share a network, whose table may be long: it is read once,
 * against all inodes that are looked for. */
#include "heddle/procs_net.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "heddle/proc_file.h"

enum {
    MAX_DESCRIPTORS = 65536,
    MAX_SOCKETS = 64,
    MAX_LINES = 1000000, /* of a table */
    TCP_IS_ESTABLISHED = 1,
    TCP_IS_SYN_SENT = 2,
};

typedef struct Want {
    guint64 inode;
    HeddleProc *proc;
} Want;

/* One network and the inodes that are looked for in it. */
typedef struct Network {
    int pid; /* one of those in it */
    GArray *wants;
} Network;

struct ProcsNet {
    GHashTable *networks; /* of Network, by name: "net:[4026531840]" */
};

static void network_free(gpointer data)
{
    Network *network = data;

    g_array_free(network->wants, TRUE);
    g_free(network);
}

ProcsNet *procs_net_new(void)
{
    ProcsNet *net = g_new0(ProcsNet, 1);

    net->networks = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, network_free);
    return net;
}

void procs_net_free(ProcsNet *net)
{
    g_hash_table_destroy(net->networks);
    g_free(net);
}

static Network *network_of(ProcsNet *net, int folder, int pid)
{
    char *name = proc_file_link(folder, "ns/net");
    Network *network;

    if (name == NULL)
        name = g_strdup_printf("of %d", pid);
    network = g_hash_table_lookup(net->networks, name);
    if (network != NULL) {
        g_free(name);
        return network;
    }
    network = g_new0(Network, 1);
    network->pid = pid;
    network->wants = g_array_new(FALSE, FALSE, sizeof(Want));
    g_hash_table_insert(net->networks, name, network);
    return network;
}

void procs_net_add(ProcsNet *net, int folder, HeddleProc *proc)
{
    int fd = openat(folder, "fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *entries = fd < 0 ? NULL : fdopendir(fd);
    Network *network;
    struct dirent *entry;

    if (entries == NULL) {
        if (fd >= 0)
            close(fd);
        return;
    }
    network = network_of(net, folder, proc->pid);
    proc->sockets_readable = TRUE;
    for (unsigned n = 0; n < MAX_DESCRIPTORS && (entry = readdir(entries)) != NULL; n++) {
        g_autofree char *link = NULL;
        Want want = {0, proc};

        if (entry->d_name[0] == '.')
            continue;
        link = proc_file_link(dirfd(entries), entry->d_name);
        if (link != NULL && sscanf(link, "socket:[%" G_GUINT64_FORMAT, &want.inode) == 1)
            g_array_append_val(network->wants, want);
    }
    closedir(entries);
}

/* --- the table --- */

/* "0100007F:1092": the kernel prints each 32 bits of an address as a number of this machine's own
 * byte order, the port as a plain number. `len` is the text's up to the colon. */
static gboolean read_address(const char *hex, gsize len, char *out, gsize size)
{
    guint32 words[4];
    unsigned char bytes[16];
    char digits[9] = "", host[INET6_ADDRSTRLEN];
    unsigned port;
    gboolean six = len == 32;
    static const unsigned char mapped[12] = {[10] = 0xff, [11] = 0xff};

    if ((len != 8 && len != 32) || hex[len] != ':' || sscanf(hex + len + 1, "%4x", &port) != 1)
        return FALSE;
    for (gsize i = 0; i < len / 8; i++) {
        memcpy(digits, hex + 8 * i, 8);
        words[i] = (guint32)strtoul(digits, NULL, 16);
    }
    memcpy(bytes, words, len / 2);
    if (six && memcmp(bytes, mapped, sizeof mapped) != 0) {
        inet_ntop(AF_INET6, bytes, host, sizeof host);
        g_snprintf(out, size, "[%s]:%u", host, port);
    } else {
        inet_ntop(AF_INET, six ? bytes + 12 : bytes, host, sizeof host);
        g_snprintf(out, size, "%s:%u", host, port);
    }
    return TRUE;
}

gboolean procs_net_line(const char *line, ProcSocket *socket, unsigned *state, guint64 *inode)
{
    char local[64], remote[64];

    /* sl, addresses, st, queues, timer, retransmits, uid, timeout, inode */
    return sscanf(line,
                  " %*[0-9]: %63[0-9A-Fa-f:] %63[0-9A-Fa-f:] %2x %*s %*s %*s %*s %*s %" //
                  G_GUINT64_FORMAT,
                  local, remote, state, inode) == 4 &&
           read_address(local, strcspn(local, ":"), socket->local, sizeof socket->local) &&
           read_address(remote, strcspn(remote, ":"), socket->remote, sizeof socket->remote);
}

static int compare_wants(gconstpointer a, gconstpointer b)
{
    guint64 one = ((const Want *)a)->inode, other = ((const Want *)b)->inode;

    return one < other ? -1 : one > other;
}

static void take(const GArray *wants, guint64 inode, unsigned state, const ProcSocket *socket)
{
    guint at, low = 0, high = wants->len;

    while (low < high) { /* the first of that inode: a socket may be shared */
        at = low + (high - low) / 2;
        if (g_array_index(wants, Want, at).inode < inode)
            low = at + 1;
        else
            high = at;
    }
    for (; low < wants->len && g_array_index(wants, Want, low).inode == inode; low++) {
        HeddleProc *proc = g_array_index(wants, Want, low).proc;

        if (state == TCP_IS_SYN_SENT)
            proc->connecting++;
        else if (state == TCP_IS_ESTABLISHED && proc->sockets->len < MAX_SOCKETS)
            g_array_append_val(proc->sockets, *socket);
    }
}

static gboolean read_table(const GArray *wants, int root, int pid, const char *name)
{
    g_autofree char *path = g_strdup_printf("%d/net/%s", pid, name);
    int fd = openat(root, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    FILE *table = fd < 0 ? NULL : fdopen(fd, "r");
    char line[512];

    if (table == NULL) {
        if (fd >= 0)
            close(fd);
        return FALSE;
    }
    for (unsigned n = 0; n < MAX_LINES && fgets(line, sizeof line, table) != NULL; n++) {
        ProcSocket socket;
        unsigned state;
        guint64 inode;

        if (procs_net_line(line, &socket, &state, &inode))
            take(wants, inode, state, &socket);
    }
    fclose(table);
    return TRUE;
}

/* The one whose network it is may have ended meanwhile: then another's will do. */
static gboolean read_network(const Network *network, int root)
{
    int pid = network->pid, before;

    for (guint i = 0; i < network->wants->len; i++) {
        if (read_table(network->wants, root, pid, "tcp")) {
            read_table(network->wants, root, pid, "tcp6"); /* not there without IPv6 */
            return TRUE;
        }
        before = pid;
        while (pid == before && ++i < network->wants->len)
            pid = g_array_index(network->wants, Want, i).proc->pid;
    }
    return network->wants->len == 0;
}

void procs_net_match(ProcsNet *net, int root)
{
    GHashTableIter iter;
    gpointer value;

    g_hash_table_iter_init(&iter, net->networks);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        Network *network = value;

        g_array_sort(network->wants, compare_wants);
        if (!read_network(network, root))
            for (guint i = 0; i < network->wants->len; i++)
                g_array_index(network->wants, Want, i).proc->sockets_readable = FALSE;
    }
}
