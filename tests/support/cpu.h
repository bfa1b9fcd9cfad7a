/* Processor time, for bounds on what something costs: a busy machine does not lengthen it. */
#ifndef TESTS_SUPPORT_CPU_H
#define TESTS_SUPPORT_CPU_H

#include <time.h>

#include <glib.h>

/* Of this process so far, microseconds. */
static inline gint64 cpu_us(void)
{
    struct timespec now;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return now.tv_sec * (gint64)G_USEC_PER_SEC + now.tv_nsec / 1000;
}

#endif
