/* What is read of a valid config below its top level: an example of a payload for a worker or a
 * processor, and the limits of a router. */
#ifndef HEDDLE_CONFIG_DETAIL_H
#define HEDDLE_CONFIG_DETAIL_H

#include "heddle/config.h"

/* Fill in `example` and `limits` of a report whose kind is known, from the bytes that it judged
 * valid. Files over 256 KiB, and those that libyaml reads otherwise than PyYAML, tell neither. */
void config_detail_read(const char *bytes, gsize len, ConfigReport *report);

#endif
