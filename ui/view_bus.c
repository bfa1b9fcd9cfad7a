/* What of the whole bus is looked at: rows of the tree, the selected one, its messages. */
#include "ui/view.h"

#include <string.h>

/* A branch with more below it than this begins folded. */
enum { OPEN_DEPTH = 2, OPEN_CHILDREN = 12 };

gboolean view_bus_is_whole(const View *view)
{
    return view->class == TAP_BUS && view->focus == PANE_WATCH;
}

gboolean view_bus_is_open(const View *view, const SubjectNode *node)
{
    gpointer said;

    if (g_hash_table_lookup_extended(view->bus_folds, node->path, NULL, &said))
        return GPOINTER_TO_INT(said);
    return node->depth < 2 || (node->depth <= OPEN_DEPTH && node->children->len <= OPEN_CHILDREN);
}

void view_bus_fold(View *view, const SubjectNode *node)
{
    g_hash_table_replace(view->bus_folds, g_strdup(node->path),
                         GINT_TO_POINTER(!view_bus_is_open(view, node)));
}

static gboolean holds(const char *text, const char *folded_filter)
{
    g_autofree char *folded = text != NULL ? g_utf8_casefold(text, -1) : NULL;

    return folded != NULL && strstr(folded, folded_filter) != NULL;
}

gboolean view_note_passes(const WatchRow *row, const char *folded_filter)
{
    const Note *note = row->note;

    if (holds(row->subject, folded_filter) || holds(row->trouble, folded_filter))
        return TRUE;
    return note != NULL &&
           (holds(note->worker_type, folded_filter) || holds(note->status, folded_filter) ||
            holds(note->text, folded_filter) || holds(note->id, folded_filter) ||
            holds(note->parent, folded_filter));
}

/* The node, and all above it. */
static void mark(GHashTable *marked, const SubjectNode *node)
{
    for (; node != NULL && g_hash_table_add(marked, (gpointer)node); node = node->parent)
        ;
}

/* Nodes that pass the filter, by their subject or by a message of theirs that is kept, and all
 * above these; NULL: there is no filter. */
static GHashTable *passing(const Model *model, const View *view)
{
    const SubjectTree *tree = model->bus.subjects;
    g_autofree char *filter = g_utf8_casefold(view->filter, -1);
    g_autoptr(GHashTable) subjects = g_hash_table_new(g_str_hash, g_str_equal);
    GHashTable *marked;

    if (filter[0] == '\0')
        return NULL;
    marked = g_hash_table_new(NULL, NULL);
    for (guint i = 0; i < model->bus.rows->len; i++) {
        WatchRow *row = g_ptr_array_index(model->bus.rows, i);

        if (view_note_passes(row, filter))
            g_hash_table_add(subjects, row->subject);
    }
    for (guint i = 1; i < tree->all->len; i++) {
        const SubjectNode *node = g_ptr_array_index(tree->all, i);

        if (holds(node->path, filter) || g_hash_table_contains(subjects, node->path))
            mark(marked, node);
    }
    return marked;
}

static void add_rows(GPtrArray *rows, const View *view, const SubjectNode *node, GHashTable *marked)
{
    for (guint i = 0; i < node->children->len; i++) {
        SubjectNode *child = g_ptr_array_index(node->children, i);

        if (marked != NULL && !g_hash_table_contains(marked, child))
            continue;
        g_ptr_array_add(rows, child);
        if (view_bus_is_open(view, child))
            add_rows(rows, view, child, marked);
    }
}

GPtrArray *view_bus_rows(const Model *model, const View *view)
{
    GPtrArray *rows = g_ptr_array_new();
    g_autoptr(GHashTable) marked = passing(model, view);

    add_rows(rows, view, model->bus.subjects->root, marked);
    return rows;
}

int view_bus_selected(const View *view, GPtrArray *rows)
{
    int above = 0;

    for (guint i = 0; view->bus_subject != NULL && i < rows->len; i++) {
        const SubjectNode *node = g_ptr_array_index(rows, i);

        if (g_str_equal(node->path, view->bus_subject))
            return (int)i;
        if (subject_is_below(view->bus_subject, node->path))
            above = (int)i; /* it was folded away, or filtered: what is nearest above it */
    }
    return above;
}

const char *view_bus_path(const Model *model, const View *view)
{
    g_autoptr(GPtrArray) rows = view_bus_rows(model, view);

    if (view->bus_list && view->bus_subject != NULL)
        return view->bus_subject;
    if (rows->len == 0)
        return "";
    return ((SubjectNode *)g_ptr_array_index(rows, (guint)view_bus_selected(view, rows)))->path;
}
