#include "mesh/subject_tree.h"

#include <string.h>

#include "base/text.h"

typedef struct Row { /* of the sample, as last seen */
    SubjectNode *node;
    guint64 messages, bytes;
} Row;

static void node_free(void *data)
{
    SubjectNode *node = data;

    g_ptr_array_unref(node->children);
    g_free(node->token);
    g_free(node->path);
    g_free(node);
}

static SubjectNode *node_new(SubjectTree *tree, SubjectNode *parent, const char *token)
{
    SubjectNode *node = g_new0(SubjectNode, 1);

    node->token = g_strdup(token);
    node->path = parent == NULL || parent->depth == 0 ? g_strdup(token)
                                                      : g_strjoin(".", parent->path, token, NULL);
    node->parent = parent;
    node->depth = parent != NULL ? parent->depth + 1 : 0;
    node->children = g_ptr_array_new();
    g_ptr_array_add(tree->all, node);
    return node;
}

SubjectTree *subject_tree_new(void)
{
    SubjectTree *tree = g_new0(SubjectTree, 1);

    tree->rows = g_array_new(FALSE, FALSE, sizeof(Row));
    tree->all = g_ptr_array_new_with_free_func(node_free);
    tree->root = node_new(tree, NULL, "");
    return tree;
}

void subject_tree_free(SubjectTree *tree)
{
    g_array_unref(tree->rows);
    g_ptr_array_unref(tree->all);
    g_free(tree);
}

void subject_tree_clear(SubjectTree *tree)
{
    g_array_set_size(tree->rows, 0);
    g_ptr_array_set_size(tree->all, 0);
    tree->root = node_new(tree, NULL, "");
    tree->era = 0;
    tree->rate_us = 0;
    tree->other_messages = tree->other_bytes = 0;
}

static SubjectNode *child_of(SubjectTree *tree, SubjectNode *parent, const char *token)
{
    guint low = 0, high = parent->children->len;
    SubjectNode *child;

    while (low < high) {
        guint middle = (low + high) / 2;
        int order;

        child = g_ptr_array_index(parent->children, middle);
        order = strcmp(child->token, token);
        if (order == 0)
            return child;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    child = node_new(tree, parent, token);
    g_ptr_array_insert(parent->children, (gint)low, child);
    return child;
}

static SubjectNode *node_of(SubjectTree *tree, const char *subject)
{
    g_autofree char *clean = text_clean(raw_text(subject), 0);
    g_auto(GStrv) tokens = g_strsplit(clean, ".", SUBJECT_DEPTH);
    SubjectNode *node = tree->root;

    for (unsigned i = 0; tokens[i] != NULL; i++)
        node = child_of(tree, node, tokens[i]);
    return node;
}

static void count(SubjectNode *node, guint64 messages, guint64 bytes, gint64 wall_us)
{
    for (; node != NULL; node = node->parent) {
        node->messages += messages;
        node->bytes += bytes;
        node->wall_us = MAX(node->wall_us, wall_us);
    }
}

static void work_out_rates(SubjectTree *tree, gint64 now_us)
{
    double seconds = (double)(now_us - tree->rate_us) / G_USEC_PER_SEC;

    if (seconds < 1)
        return;
    for (guint i = 0; i < tree->all->len; i++) {
        SubjectNode *node = g_ptr_array_index(tree->all, i);

        /* Of the first look nobody knows over which time its messages came. */
        node->rate = tree->rate_us != 0 ? (double)(node->messages - node->before) / seconds : 0;
        node->bytes_rate =
            tree->rate_us != 0 ? (double)(node->bytes - node->bytes_before) / seconds : 0;
        node->before = node->messages;
        node->bytes_before = node->bytes;
    }
    tree->rate_us = now_us;
}

void subject_tree_take(SubjectTree *tree, const TrafficSample *sample, gint64 now_us)
{
    if (sample->era != tree->era || sample->count < tree->rows->len)
        subject_tree_clear(tree);
    tree->era = sample->era;
    for (unsigned i = 0; i < sample->count; i++) {
        const TrafficRow *from = &sample->rows[i];
        Row *row;

        if (i == tree->rows->len) {
            Row fresh = {node_of(tree, from->subject), 0, 0};

            g_array_append_val(tree->rows, fresh);
        }
        row = &g_array_index(tree->rows, Row, i);
        if (from->messages == row->messages)
            continue;
        count(row->node, from->messages - row->messages, from->bytes - row->bytes, from->wall_us);
        row->messages = from->messages;
        row->bytes = from->bytes;
    }
    /* Those too have come: the root is of all. */
    tree->root->messages += sample->other_messages - tree->other_messages;
    tree->root->bytes += sample->other_bytes - tree->other_bytes;
    tree->other_messages = sample->other_messages;
    tree->other_bytes = sample->other_bytes;
    work_out_rates(tree, now_us);
}

const SubjectNode *subject_tree_find(const SubjectTree *tree, const char *path)
{
    for (guint i = 0; i < tree->all->len; i++) {
        const SubjectNode *node = g_ptr_array_index(tree->all, i);

        if (g_str_equal(node->path, path))
            return node;
    }
    return NULL;
}

gboolean subject_is_below(const char *subject, const char *path)
{
    gsize len = strlen(path);

    return len == 0 ||
           (strncmp(subject, path, len) == 0 && (subject[len] == '\0' || subject[len] == '.'));
}
