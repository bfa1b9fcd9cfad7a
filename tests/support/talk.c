#include "tests/support/talk.h"

#include <glib.h>
#include <openssl/ssl.h>
#include <stdlib.h>
#include <unistd.h>

enum { DRIP_US = 20 * 1000, BLOCK = 64 * 1024, LONG_LINE_BLOCKS = 10 * 1024 * 1024 / BLOCK };

void talk_garbage(int fd)
{
    fake_say(fd, "\033[2J\001garbage\r\n");
    fake_be_silent(fd);
}

void talk_ssh(int fd)
{
    fake_say(fd, "SSH-2.0-OpenSSH_9.2p1\r\n");
    fake_be_silent(fd);
}

void talk_redis(int fd)
{
    fake_hear_line(fd);
    fake_say(fd, "-ERR wrong number of arguments for 'get' command\r\n");
    fake_be_silent(fd);
}

void talk_http(int fd)
{
    fake_hear_line(fd);
    fake_say(fd, "HTTP/1.1 404 Not Found\r\n\r\n{\"server_id\":");
}

void talk_nothing(int fd)
{
    fake_be_silent(fd);
}

void talk_info_only(int fd)
{
    fake_say(fd, TALK_INFO);
    fake_be_silent(fd);
}

void talk_drip(int fd)
{
    fake_say(fd, "INFO {\"");
    while (write(fd, "x", 1) == 1)
        g_usleep(DRIP_US); /* the slowness is the point */
}

/* As many blocks as are taken, `most` of them. */
static void pour(int fd, int most)
{
    g_autofree char *block = g_strnfill(BLOCK, 'x');

    for (int i = 0; i < most && write(fd, block, BLOCK) > 0; i++)
        continue;
}

void talk_endless_info(int fd)
{
    fake_say(fd, "INFO {\"");
    pour(fd, G_MAXINT);
}

void talk_without_end(int fd)
{
    fake_say(fd, TALK_INFO);
    fake_hear_line(fd);
    while (write(fd, "+OK\r\n", 5) > 0)
        continue;
}

void talk_long_line(int fd)
{
    fake_say(fd, TALK_INFO);
    pour(fd, LONG_LINE_BLOCKS);
    fake_be_silent(fd);
}

void talk_tls_stall(int fd)
{
    fake_say(fd, TALK_INFO_TLS);
    fake_be_silent(fd);
}

void talk_tls_break(int fd)
{
    const char *cert = getenv("SSL_CERT_FILE");
    g_autofree char *folder = g_path_get_dirname(cert);
    g_autofree char *key = g_build_filename(folder, "key.pem", NULL);
    SSL_CTX *context = SSL_CTX_new(TLS_server_method());
    SSL *ssl;

    fake_say(fd, TALK_INFO_TLS);
    SSL_CTX_use_certificate_chain_file(context, cert);
    SSL_CTX_use_PrivateKey_file(context, key, SSL_FILETYPE_PEM);
    ssl = SSL_new(context);
    SSL_set_fd(ssl, fd);
    SSL_accept(ssl);
    SSL_free(ssl);
    SSL_CTX_free(context);
}
