/* The subjects that were seen, as a tree by token, with what each branch carries. Fed with samples
 * of the counters (nats/traffic.h). Pure: it is told the time. */
#ifndef MESH_SUBJECT_TREE_H
#define MESH_SUBJECT_TREE_H

#include "nats/traffic.h"

/* Tokens further down are kept as one. */
enum { SUBJECT_DEPTH = 8 };

typedef struct SubjectNode {
    char *token, *path; /* clean; the path is the subject so far; "" of the root */
    struct SubjectNode *parent;
    GPtrArray *children;          /* of SubjectNode *, sorted by token */
    unsigned depth;               /* 0: the root, which is no token */
    guint64 messages, bytes;      /* with all that is below */
    double rate, bytes_rate;      /* a second, likewise */
    gint64 wall_us;               /* of the last message */
    guint64 before, bytes_before; /* when the rate was last worked out */
} SubjectNode;

typedef struct SubjectTree {
    SubjectNode *root;
    GArray *rows;                        /* one for each row of the sample */
    GPtrArray *all;                      /* of SubjectNode *: owned; the root first */
    unsigned era;                        /* of the sample */
    gint64 rate_us;                      /* when the rates were last worked out */
    guint64 other_messages, other_bytes; /* of subjects that did not fit; in the root's too */
} SubjectTree;

SubjectTree *subject_tree_new(void);
void subject_tree_free(SubjectTree *tree);

/* Forget all. */
void subject_tree_clear(SubjectTree *tree);

/* Take a sample in; rates are worked out anew when a second has passed. */
void subject_tree_take(SubjectTree *tree, const TrafficSample *sample, gint64 now_us);

/* The node of this path, or NULL. */
const SubjectNode *subject_tree_find(const SubjectTree *tree, const char *path);

/* Is `subject` this path, or below it? "" is above all. */
gboolean subject_is_below(const char *subject, const char *path);

#endif
