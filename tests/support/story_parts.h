/* What the files of a story share, and nobody else includes. */
#ifndef TESTS_SUPPORT_STORY_PARTS_H
#define TESTS_SUPPORT_STORY_PARTS_H

#include "tests/support/story.h"

/* News of a link, of now; take them in. */
LinkNews *story_news(const Story *story, unsigned link, LinkNewsKind kind);
void story_post_news(Story *story, LinkNews *news);

#endif
