/* A count of references that any thread may take or drop. GLib has one, but inside its library,
 * where ThreadSanitizer does not see that the last drop comes after all that was done before the
 * others. */
#ifndef BASE_REFS_H
#define BASE_REFS_H

#include <glib.h>

typedef struct Refs {
    int count;
} Refs;

/* Begins with one reference: the maker's. */
static inline void refs_init(Refs *refs)
{
    __atomic_store_n(&refs->count, 1, __ATOMIC_RELAXED);
}

static inline void refs_take(Refs *refs)
{
    __atomic_add_fetch(&refs->count, 1, __ATOMIC_RELAXED);
}

/* TRUE when that was the last one: the caller frees. */
static inline gboolean refs_drop(Refs *refs)
{
    return __atomic_sub_fetch(&refs->count, 1, __ATOMIC_ACQ_REL) == 0;
}

#endif
