/* The link that broke: without it nothing else can be seen, so what mends it is what to type. */
#include "base/clock.h"
#include "heddle/remedy.h"
#include "mesh/findings_parts.h"
#include "mesh/verdict.h"

void find_broken_link(const Model *model, Found *found)
{
    const LinkView *link = &model->link;
    Ladder *ladder;
    const Rung *rung;
    const char *id;

    if (link->state != LINK_DOWN && link->state != LINK_SILENT)
        return;
    ladder = verdict_ladder(model);
    if (ladder == NULL)
        return;
    rung = ladder->broken < RUNG_COUNT ? &ladder->rungs[ladder->broken] : NULL;
    id = rung != NULL ? cause_word(rung->cause) : NULL;
    if (id != NULL && remedy_find(id) != NULL) {
        g_autofree char *since = clock_local(link->since_wall);
        /* A silence has an age that grows, and this is worked out once a second. */
        g_autofree char *silence =
            link->state == LINK_SILENT ? g_strdup_printf("no answer since %s", since) : NULL;
        const char *text = silence != NULL ? silence : rung->text != NULL ? rung->text : id;
        Finding *finding = found_add(found, id, STATE_FAIL, "link",
                                     g_strdup_printf("%s: %s", rung_label(ladder->broken), text));

        found_evidence(
            finding,
            link->tries > 1
                ? g_strdup_printf("no connection to %s since %s, tried %u times", model->url_shown,
                                  since, link->tries)
                : g_strdup_printf("no connection to %s since %s", model->url_shown, since));
        for (unsigned i = 0; rung->evidence != NULL && i < rung->evidence->len && i < 8; i++)
            found_evidence(finding, g_strdup(g_ptr_array_index(rung->evidence, i)));
        found_remedy(finding, model, NULL);
    }
    ladder_free(ladder);
}
