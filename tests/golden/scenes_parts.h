/* What the scenes' files share, and nobody else includes. */
#ifndef TESTS_GOLDEN_SCENES_PARTS_H
#define TESTS_GOLDEN_SCENES_PARTS_H

#include "tests/golden/scenes.h"

typedef struct Scene {
    const char *name;
    Story *(*tell)(View *view);
} Scene;

/* Each file's own, up to one without a name. */
extern const Scene scenes_of_panes[], scenes_of_windows[], scenes_of_bus[];

/* A config of each kind, and a broken one; nobody is subscribed. */
extern const char *const scene_fleet_files[], *const scene_nobody[];

#endif
