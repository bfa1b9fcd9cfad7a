/* Scenes: models told as stories, and where the operator looks, to be painted. */
#ifndef TESTS_GOLDEN_SCENES_H
#define TESTS_GOLDEN_SCENES_H

#include "tests/support/story.h"
#include "ui/view.h"

/* How many there are, and how each is called: "ladder". */
int scene_count(void);
const char *scene_name(int scene);

/* Tell one, and turn `view` to what it is about. Caller frees the story. Ends the program when
 * there is none of that name. */
Story *scene_tell(const char *name, View *view);

/* A smoke that went through the router and was answered after `ms` with this status. */
void scene_smoke(Story *story, const char *status, double ms);

#endif
