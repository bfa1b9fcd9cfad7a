/* The report: everything the model says, for a file, a pipe or a monitoring system. The JSON form
 * is described in ../shared/design/product.md (schema_version 1): fields are only added. */
#ifndef MESH_REPORT_H
#define MESH_REPORT_H

#include "mesh/model.h"

typedef enum ReportForm {
    REPORT_TABLE,
    REPORT_JSON,
    REPORT_SHORT,
    REPORT_NAGIOS,
    REPORT_FORMS
} ReportForm;

/* "table", "json", "short", "nagios"; REPORT_FORMS for any other word. */
ReportForm report_form_from_word(const char *word);

typedef struct ReportLook { /* of the table only */
    gboolean ascii;         /* glyphs that any terminal has */
    gboolean colour;        /* ANSI colours */
} ReportLook;

/* The report as text with a line feed at its end. Caller frees. */
char *report_text(const Model *model, ReportForm form, ReportLook look);

/* Exit status of the verdict: 0 all hold, 1 warnings, 2 a check failed, 3 could not tell. */
int report_exit(const Model *model);

#endif
