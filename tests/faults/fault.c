/* Setting a fault up, and running all rows of a table of them. */
#include <string.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "tests/faults/fault_parts.h"
#include "tests/support/cert.h"
#include "tests/support/island.h"
#include "tests/support/jwt.h"
#include "tests/support/suite.h"

/* --- places --- */

static void fill(GString *text, const char *place, const char *value)
{
    g_string_replace(text, place, value, 0);
}

/* Takes `value`. */
static void fill_made(GString *text, const char *place, char *value)
{
    fill(text, place, value);
    g_free(value);
}

static void fill_port(GString *text, const char *place, unsigned port)
{
    g_autofree char *value = g_strdup_printf("%u", port);

    fill(text, place, value);
}

char *fault_fill(const Fault *fault, const char *text)
{
    GString *filled;

    if (text == NULL)
        return NULL;
    filled = g_string_new(text);
    fill_made(filled, "{operator}", jwt_server_conf());
    fill_made(filled, "{nkey}", jwt_public('U', FAULT_KEY));
    fill(filled, "{folder}", fault->folder);
    fill_port(filled, "{port}", fault->port);
    fill_port(filled, "{server}",
              fault->server != NULL ? fault->server->port
              : fault->fake != NULL ? fault->fake->port
                                    : 0);
    fill_port(filled, "{monitor}", fault->server != NULL ? fault->server->monitor_port : 0);
    return g_string_free(filled, FALSE);
}

char *fault_write(const Fault *fault, const char *name, const char *text)
{
    char *path = g_build_filename(fault->folder, name, NULL);

    ck_assert(g_file_set_contents_full(path, text, -1, G_FILE_SET_CONTENTS_NONE, 0600, NULL));
    return path;
}

void fault_certify(const Fault *fault, const char *name, const char *names, int from_days,
                   int to_days)
{
    g_autofree char *folder = g_build_filename(fault->folder, name, NULL);

    ck_assert_int_eq(g_mkdir(folder, 0700), 0);
    cert_make(folder, names, from_days, to_days);
}

void fault_hold(Fault *fault, int fd)
{
    ck_assert_int_ge(fd, 0);
    ck_assert_int_lt(fault->holds, (int)G_N_ELEMENTS(fault->held));
    fault->held[fault->holds++] = fd;
}

gboolean fault_is_sanitized(void)
{
    const char *sanitizer = g_getenv("SANITIZER");

    return sanitizer != NULL && sanitizer[0] != '\0' && strcmp(sanitizer, "no") != 0;
}

int fault_ms(int ms)
{
    return fault_is_sanitized() ? ms * 4 : ms;
}

/* --- setting up --- */

static Fault *fault_new(const FaultRow *row)
{
    Fault *fault = g_new0(Fault, 1);
    int holder;

    fault->row = row;
    fault->folder = folder_new();
    fault->port = refusing_port(&holder);
    fault_hold(fault, holder);
    if (row->prepare != NULL)
        row->prepare(fault);
    if (row->conf != NULL) {
        g_autofree char *conf = fault_fill(fault, row->conf);

        fault->server = server_start_conf(conf);
    }
    if (row->trust != NULL) { /* a fake's own processes need it too */
        g_autofree char *trust = fault_fill(fault, row->trust);

        g_setenv("SSL_CERT_FILE", trust, TRUE);
    }
    if (row->talk != NULL)
        fault->fake = fake_start(row->talk);
    if (row->begin != NULL)
        row->begin(fault);
    if (fault->url == NULL)
        fault->url = fault_fill(fault, row->url);
    return fault;
}

static void fault_free(Fault *fault)
{
    if (fault->server != NULL)
        server_free(fault->server);
    if (fault->other != NULL)
        server_free(fault->other);
    if (fault->fake != NULL)
        fake_free(fault->fake);
    if (fault->moody != NULL)
        moody_free(fault->moody);
    for (int i = 0; i < fault->holds; i++)
        close(fault->held[i]);
    folder_remove(fault->folder);
    g_free(fault->folder);
    g_free(fault->url);
    g_free(fault);
}

GPtrArray *fault_arguments(const Fault *fault)
{
    GPtrArray *args = g_ptr_array_new_with_free_func(g_free);
    const FaultRow *row = fault->row;

    g_ptr_array_add(args, g_strdup("--nats-url"));
    g_ptr_array_add(args, g_strdup(fault->url));
    g_ptr_array_add(args, g_strdup("--timeout"));
    g_ptr_array_add(args, g_strdup(row->timeout != NULL ? row->timeout : "5"));
    for (int i = 0; i < FAULT_ARGS && row->args[i] != NULL; i++)
        g_ptr_array_add(args, fault_fill(fault, row->args[i]));
    return args;
}

State fault_state_of(const FaultRow *row)
{
    return row->state != 0 ? row->state : STATE_FAIL;
}

/* --- the suite --- */

typedef struct Case {
    const FaultRow *row;
    gboolean newer;
} Case;

static GArray *cases;

START_TEST(a_fault_is_told)
{
    const Case *it = &g_array_index(cases, Case, _i);
    Fault *fault;

    if ((it->newer && !server_use_newer()) || (it->row->island && !island_enter()))
        return;
    fault = fault_new(it->row);
    for (int i = 0; i < MAX(it->row->times, 1) && it->row->strike == NULL; i++)
        fault_check_report(fault);
    fault_check_screen(fault);
    fault_free(fault);
}
END_TEST

static void add_case(const FaultRow *row, gboolean newer)
{
    const Case it = {row, newer};

    g_array_append_val(cases, it);
}

int fault_main(const char *suite, const FaultRow *rows, gsize count)
{
    TCase *tcase = tcase_create(suite);
    const char *only = g_getenv("FAULT");

    cases = g_array_new(FALSE, FALSE, sizeof(Case));
    for (gsize i = 0; i < count; i++) {
        if (only != NULL && strstr(rows[i].name, only) == NULL)
            continue;
        if (rows[i].servers != FAULT_NEWER)
            add_case(&rows[i], FALSE);
        if (rows[i].servers == FAULT_BOTH || rows[i].servers == FAULT_NEWER)
            add_case(&rows[i], TRUE);
    }
    g_unsetenv("SSL_CERT_FILE");
    tcase_add_loop_test(tcase, a_fault_is_told, 0, (int)cases->len);
    return suite_run(suite, tcase, 90);
}
