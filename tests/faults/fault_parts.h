/* What the parts of fault_main() share, and nobody else includes. */
#ifndef TESTS_FAULTS_FAULT_PARTS_H
#define TESTS_FAULTS_FAULT_PARTS_H

#include <check.h>

#include "tests/faults/fault.h"

/* The program's arguments, without its name. Caller frees. */
GPtrArray *fault_arguments(const Fault *fault);

/* What the row's rung is in. */
State fault_state_of(const FaultRow *row);

gboolean fault_is_sanitized(void);

/* Frames and gaps, wherever lines end, as single blanks. Caller frees. */
char *fault_flatten(const char *text);

/* fault_report.c, fault_screen.c: fail the test unless what it says is what the row says. */
void fault_check_report(const Fault *fault);
void fault_check_screen(Fault *fault);

#endif
