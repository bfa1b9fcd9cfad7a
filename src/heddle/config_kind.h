/* What a config's top level says of its actor: the kind by its keys, the values that matter to the
 * panel, and what will stop the actor although its YAML is fine. */
#ifndef HEDDLE_CONFIG_KIND_H
#define HEDDLE_CONFIG_KIND_H

#include "heddle/config.h"
#include "heddle/pyyaml_graph.h"

/* TRUE for the top-level keys that config_kind_read() looks at; a PyWantsKey. */
gboolean config_kind_wants(const char *key);

/* Fill kind, why_no_kind, name, default_tier, nats_url and warning of a report on the valid
 * document `graph`. The report's kind is the forced one or KIND_UNKNOWN before. */
void config_kind_read(const PyGraph *graph, const char *path, ConfigReport *report);

/* Kind by the name of the folder that `path` is in; KIND_UNKNOWN if it says nothing. */
ActorKind config_kind_of_folder(const char *path);

#endif
