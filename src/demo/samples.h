/* Sample configs for the demo: one of each kind of actor, one broken on purpose. */
#ifndef DEMO_SAMPLES_H
#define DEMO_SAMPLES_H

#include <glib.h>

/* Write them under `folder`/configs, which is made. `url` goes where a config names one. FALSE with
 * *why (clean, caller frees) when the disk does not take them. */
gboolean samples_write(const char *folder, const char *url, char **why);

/* Remove what samples_write() has made. */
void samples_remove(const char *folder);

#endif
