#include "ui/history.h"

#include <pthread.h>
#include <string.h>

#include "base/refs.h"
#include "nats/url.h"

enum { HISTORY_KEPT = 200, HISTORY_FILE_MOST = 256 * 1024 };

/* Shared with the jobs that load and save it, which may outlive the owner. */
typedef struct Shelf {
    Refs refs;
    char *path;
    GPtrArray *loaded;      /* atomic: set once by the loading job, taken once by the owner */
    char *to_save;          /* atomic: what the next saving job writes; NULL: none is under way */
    pthread_mutex_t saving; /* one writer at a time, so that the newest is written last */
} Shelf;

struct History {
    Engine *engine;
    GPtrArray *lines;
    Shelf *shelf; /* a reference */
};

static Shelf *shelf_ref(Shelf *shelf)
{
    refs_take(&shelf->refs);
    return shelf;
}

static void shelf_unref(void *data)
{
    Shelf *shelf = data;

    if (!refs_drop(&shelf->refs))
        return;
    if (shelf->loaded != NULL)
        g_ptr_array_unref(shelf->loaded);
    pthread_mutex_destroy(&shelf->saving);
    g_free(shelf->to_save);
    g_free(shelf->path);
    g_free(shelf);
}

static gboolean may_be_kept(const char *line)
{
    g_autofree char *why = NULL;
    NatsUrl *url = nats_url_parse(line, &why);
    gboolean keep = url != NULL && url->user == NULL && strchr(line, '@') == NULL;

    nats_url_free(url);
    return keep;
}

static void load(void *data)
{
    Shelf *shelf = data;
    GPtrArray *lines = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *text = NULL;
    g_auto(GStrv) split = NULL;
    gsize len = 0;

    if (g_file_get_contents(shelf->path, &text, &len, NULL) && len <= HISTORY_FILE_MOST &&
        strlen(text) == len)
        split = g_strsplit(text, "\n", -1);
    for (unsigned i = 0; split != NULL && split[i] != NULL; i++)
        if (split[i][0] != '\0' && may_be_kept(split[i]))
            g_ptr_array_add(lines, g_strdup(split[i]));
    __atomic_store_n(&shelf->loaded, lines, __ATOMIC_RELEASE);
}

/* A history that cannot be written is no reason to trouble anybody: it only is not there next time.
 */
static void save(void *data)
{
    Shelf *shelf = data;
    g_autofree char *folder = g_path_get_dirname(shelf->path), *text = NULL;

    pthread_mutex_lock(&shelf->saving);
    text = __atomic_exchange_n(&shelf->to_save, NULL, __ATOMIC_ACQ_REL);
    if (text != NULL && g_mkdir_with_parents(folder, 0700) == 0)
        g_file_set_contents_full(shelf->path, text, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0600, NULL);
    pthread_mutex_unlock(&shelf->saving);
}

History *history_new(Engine *engine, const char *path)
{
    History *history = g_new0(History, 1);

    history->engine = engine;
    history->lines = g_ptr_array_new_with_free_func(g_free);
    history->shelf = g_new0(Shelf, 1);
    refs_init(&history->shelf->refs);
    pthread_mutex_init(&history->shelf->saving, NULL);
    history->shelf->path = path != NULL ? g_strdup(path)
                                        : g_build_filename(g_get_user_state_dir(),
                                                           "heddle-preflight", "history", NULL);
    engine_run(engine, load, shelf_ref(history->shelf), shelf_unref);
    return history;
}

void history_free(History *history)
{
    shelf_unref(history->shelf);
    g_ptr_array_unref(history->lines);
    g_free(history);
}

GPtrArray *history_lines(History *history)
{
    GPtrArray *loaded = __atomic_exchange_n(&history->shelf->loaded, NULL, __ATOMIC_ACQ_REL);

    if (loaded != NULL) { /* what was entered since the start is newer */
        for (unsigned i = 0; i < history->lines->len; i++)
            g_ptr_array_add(loaded, g_strdup(g_ptr_array_index(history->lines, i)));
        g_ptr_array_unref(history->lines);
        history->lines = loaded;
    }
    return history->lines;
}

void history_add(History *history, const char *url)
{
    GPtrArray *lines = history_lines(history);
    GString *text;
    char *older;

    if (!may_be_kept(url))
        return;
    for (unsigned i = lines->len; i-- > 0;)
        if (g_str_equal(g_ptr_array_index(lines, i), url))
            g_ptr_array_remove_index(lines, i);
    g_ptr_array_add(lines, g_strdup(url));
    if (lines->len > HISTORY_KEPT)
        g_ptr_array_remove_range(lines, 0, lines->len - HISTORY_KEPT);
    text = g_string_new(NULL);
    for (unsigned i = 0; i < lines->len; i++)
        g_string_append_printf(text, "%s\n", (char *)g_ptr_array_index(lines, i));
    older =
        __atomic_exchange_n(&history->shelf->to_save, g_string_free(text, FALSE), __ATOMIC_ACQ_REL);
    if (older == NULL) /* else a job waits already, and will write the newer */
        engine_run(history->engine, save, shelf_ref(history->shelf), shelf_unref);
    g_free(older);
}
