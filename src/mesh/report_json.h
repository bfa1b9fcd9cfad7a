/* The JSON form of the report. */
#ifndef MESH_REPORT_JSON_H
#define MESH_REPORT_JSON_H

#include "mesh/model.h"

/* One document, indented, with a line feed at its end. Caller frees. */
char *report_json(const Model *model);

#endif
