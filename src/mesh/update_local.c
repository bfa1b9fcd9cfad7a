/* What runs on this machine, and what the actors' logs say. Both are read on a runner: the
 * processes every few seconds, or less often where there are many; a log when somebody writes one.
 */
#include <string.h>

#include "mesh/facts.h"
#include "mesh/local.h"
#include "mesh/update_parts.h"

enum { LOGS_MOST = 64 };

static gboolean is_not_cut_off(gpointer pid, gpointer since, gpointer data)
{
    const ProcScan *scan = data;

    (void)since;
    for (unsigned i = 0; i < scan->procs->len; i++) {
        const HeddleProc *proc = g_ptr_array_index(scan->procs, i);

        if (proc->pid == GPOINTER_TO_INT(pid))
            return !local_is_cut_off(proc);
    }
    return TRUE;
}

/* Since when each process has been without a connection. */
static void note_cut_off(Model *model)
{
    const ProcScan *scan = model->local.scan;
    GHashTable *cut = model->local.cut;

    g_hash_table_foreach_remove(cut, is_not_cut_off, (gpointer)scan);
    for (unsigned i = 0; i < scan->procs->len; i++) {
        const HeddleProc *proc = g_ptr_array_index(scan->procs, i);
        gpointer pid = GINT_TO_POINTER(proc->pid);

        if (local_is_cut_off(proc) && !g_hash_table_contains(cut, pid))
            g_hash_table_insert(cut, pid, g_memdup2(&model->now_us, sizeof model->now_us));
    }
}

void update_procs(Model *model, const Event *event)
{
    LocalView *view = &model->local;
    Event *mutable = (Event *)event; /* the scan changes hands */

    procs_free(view->scan);
    view->scan = g_steal_pointer(&mutable->procs);
    view->running = FALSE;
    view->at_us = event->at_us;
    view->cost_us = view->at_us - view->asked_us;
    note_cut_off(model);
}

static void scan_tick(Model *model, Effects *effects)
{
    LocalView *view = &model->local;
    gint64 again = MAX(PROCS_AGAIN, PROCS_SHARE * view->cost_us);

    if (view->running || (view->at_us != 0 && model->now_us - view->at_us < again))
        return;
    view->running = TRUE;
    view->asked_us = model->now_us;
    effects_add(effects, EFFECT_SCAN_PROCS);
}

/* --- logs --- */

/* The file that the actor writes: what its profile names, else where its process's output goes,
 * errors first, since that is where Python ends. Raw; caller frees; NULL: none is known. */
static char *log_path_of(const Model *model, const Actor *actor)
{
    const HeddleProc *proc;

    if (actor->log_path != NULL)
        return g_strdup(actor->log_path);
    proc = local_proc(model, actor);
    if (proc == NULL || proc->root == ROOT_OTHER)
        return NULL;
    return g_strdup(proc->out_path != NULL ? proc->out_path : proc->err_path);
}

static void read_log(Model *model, Actor *actor, Effects *effects)
{
    Effect *effect = effects_add(effects, EFFECT_READ_LOG);

    actor->log.reading = TRUE;
    actor->log.asked_us = model->now_us;
    effect->id = actor->id;
    effect->text = g_strdup(actor->log.path);
}

static void follow(Model *model, Actor *actor, Effects *effects)
{
    LogView *log = &actor->log;
    g_autofree char *path = log_path_of(model, actor);

    /* A process that has ended leaves its log, and what it says at the end matters most. */
    if (path != NULL && g_strcmp0(path, log->path) != 0) {
        g_free(log->path);
        log->path = g_steal_pointer(&path);
        g_clear_pointer(&log->summary, g_free);
        log->reading = FALSE;
        log->asked_us = 0;
    }
    if (log->path != NULL && !log->reading && model->now_us - log->asked_us >= LOG_AGAIN)
        read_log(model, actor, effects);
}

void update_log(Model *model, const Event *event)
{
    Actor *actor = model_actor(model, event->id);
    Event *mutable = (Event *)event; /* the summary changes hands */

    if (actor == NULL || g_strcmp0(actor->log.path, event->text) != 0)
        return; /* of a file that is not followed any more */
    actor->log.reading = FALSE;
    if (event->log == NULL)
        return; /* as it was */
    g_free(actor->log.summary);
    actor->log.summary = g_steal_pointer(&mutable->log);
}

void update_local_tick(Model *model, Effects *effects)
{
    unsigned followed = 0;

    scan_tick(model, effects);
    if (model->now_us - model->local.logs_us < LOG_AGAIN / 2)
        return;
    model->local.logs_us = model->now_us;
    for (unsigned i = 0; i < model->panels->len && followed < LOGS_MOST; i++) {
        Actor *actor = g_ptr_array_index(model->panels, i);

        follow(model, actor, effects);
        followed += actor->log.path != NULL;
    }
}
