/* The link's wide subscriptions: taken up on request, each under a guard that narrows it before it
 * hurts the bus, first by its heaviest part, then altogether. See link.h. */
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "nats/link_parts.h"

/* --- on libnats' threads --- */

enum { LEAVE_MS = 900 };

/* A budget that fills up again: so many at once, then one every so often. */
static gboolean may_tell(Link *link, gint64 now, gboolean lesser)
{
    const gint64 full = (gint64)SUSPECTS_AT_ONCE * SUSPECT_EVERY_US;

    if (lesser && now < link->lesser_us)
        return FALSE;
    if (lesser)
        link->lesser_us = now + LESSER_EVERY_US;
    link->suspect_us = MAX(link->suspect_us, now - full);
    if (now - link->suspect_us < SUSPECT_EVERY_US)
        return FALSE;
    link->suspect_us += SUSPECT_EVERY_US;
    return TRUE;
}

static void tell_suspect(Link *link, const char *subject, const char *bytes, gsize len,
                         gboolean lesser)
{
    LinkNews *news;

    if (!may_tell(link, clock_now(), lesser)) {
        link->suspects_untold += lesser ? 0 : 1;
        return;
    }
    news = link_news_new(LINK_NEWS_SUSPECT);
    news->stream = STREAM_SENTINEL;
    news->subject = g_strdup(subject);
    news->size = len;
    news->len = MIN(len, SUSPECT_BYTES);
    news->bytes = link_copy_bytes(bytes, news->len);
    news->count = link->suspects_untold;
    link->suspects_untold = 0;
    link_post(link, news);
}

/* A second's worth of messages since the guard was asked last: it is asked now, not when it is due,
 * since a flood of millions a second is felt by its publisher at once. */
static void count_for_guard(Link *link, LinkStream id)
{
    guint64 most = (guint64)link->streams[id].limits.messages;

    if (__atomic_add_fetch(&link->since_look[id], 1, __ATOMIC_RELAXED) != most)
        return;
    __atomic_store_n(&link->hurry, 1, __ATOMIC_RELEASE);
    pthread_mutex_lock(&link->lock);
    pthread_cond_signal(&link->wake);
    pthread_mutex_unlock(&link->lock);
}

void link_stream_message(Link *link, TapClass class, const char *subject, const char *bytes,
                         gsize len)
{
    int suspicion;

    count_for_guard(link, class == TAP_SENTINEL ? STREAM_SENTINEL : STREAM_BUS);
    if (class == TAP_SENTINEL) {
        suspicion = link->suspect(subject, bytes, len);
        if (suspicion > 0)
            tell_suspect(link, subject, bytes, len, suspicion == 1);
        return;
    }
    traffic_put(link->traffic, subject, len);
    tap_put(link->bus, class, subject, bytes, len);
}

static gboolean names_one(const char *const *subjects, const char *text)
{
    for (; subjects != NULL && *subjects != NULL; subjects++) {
        g_autofree char *quoted = g_strdup_printf("\"%s\"", *subjects);

        if (strstr(text, quoted) != NULL)
            return TRUE;
    }
    return FALSE;
}

gboolean link_stream_denied(Link *link, const char *text)
{
    for (LinkStream id = 0; link->streams != NULL && id < LINK_STREAMS; id++) {
        LinkNews *news;

        if (!names_one(link->streams[id].subjects, text) &&
            !names_one(link->streams[id].branches, text))
            continue;
        news = link_news_new(LINK_NEWS_STREAM_DENIED);
        news->stream = id;
        news->text = text_clean(raw_text(text), 200);
        link_post(link, news);
        return TRUE;
    }
    return FALSE;
}

/* --- on the link's thread --- */

/* What each part has carried so far: that which grows most from here on is the heaviest. */
static void keep_parts(Link *link, Wire *wire, LinkStream id)
{
    Stream *stream = &link->open_streams[id];
    TrafficBranch branches[TRAFFIC_BRANCHES];
    unsigned count = link->streams[id].branches != NULL ? traffic_branches(link->traffic, branches)
                                                        : stream->numbers->len;

    g_array_set_size(stream->before, 0);
    for (unsigned i = 0; i < count; i++) {
        Load load = {0};

        if (link->streams[id].branches == NULL)
            wire_load(wire, g_array_index(stream->numbers, unsigned, i), &load);
        else
            load.messages = branches[i].messages;
        g_array_append_val(stream->before, load.messages);
    }
}

static guint64 part_before(const Stream *stream, unsigned part)
{
    return part < stream->before->len ? g_array_index(stream->before, guint64, part) : 0;
}

static Load load_of(const Stream *stream, Wire *wire)
{
    Load sum = {0}, one;

    for (unsigned i = 0; i < stream->numbers->len; i++)
        if (wire_load(wire, g_array_index(stream->numbers, unsigned, i), &one))
            load_add(&sum, &one);
    return sum;
}

/* Subscribe what the stream is to have. */
static void open_stream(Link *link, Wire *wire, LinkStream id)
{
    Stream *stream = &link->open_streams[id];
    Load load;

    if (stream->open || stream->subjects == NULL || stream->subjects->len == 0)
        return;
    stream->open = TRUE;
    g_array_set_size(stream->numbers, 0);
    for (unsigned i = 0; i < stream->subjects->len; i++) {
        unsigned number =
            wire_subscribe(wire, g_ptr_array_index(stream->subjects, i), link->streams[id].class);

        g_array_append_val(stream->numbers, number);
    }
    load = load_of(stream, wire);
    guard_begin(&stream->guard, clock_now(), &load);
    stream->judge_us = clock_now() + GUARD_EVERY_MS * 1000;
    keep_parts(link, wire, id);
}

static void close_stream(Wire *wire, Stream *stream)
{
    if (stream->open)
        wire_leave(wire, (const unsigned *)(void *)stream->numbers->data, stream->numbers->len,
                   LEAVE_MS);
    stream->open = FALSE;
}

static void make_stream(Stream *stream, const char *const *subjects)
{
    if (stream->subjects == NULL) {
        stream->subjects = g_ptr_array_new_with_free_func(g_free);
        stream->numbers = g_array_new(FALSE, FALSE, sizeof(unsigned));
        stream->before = g_array_new(FALSE, FALSE, sizeof(guint64));
    }
    g_ptr_array_set_size(stream->subjects, 0);
    for (; subjects != NULL && *subjects != NULL; subjects++)
        g_ptr_array_add(stream->subjects, g_strdup(*subjects));
    stream->width = STREAM_WHOLE;
}

void link_streams_sync(Link *link, Wire *wire)
{
    for (LinkStream id = 0; link->streams != NULL && id < LINK_STREAMS; id++) {
        Stream *stream = &link->open_streams[id];
        gboolean wanted;
        unsigned asked;

        pthread_mutex_lock(&link->lock);
        wanted = link->wanted[id];
        asked = link->asked[id];
        pthread_mutex_unlock(&link->lock);
        if (asked == link->heeded[id])
            continue;
        link->heeded[id] = asked;
        close_stream(wire, stream);
        make_stream(stream, wanted ? link->streams[id].subjects : NULL);
        if (!link->paused) /* written by this thread only */
            open_stream(link, wire, id);
    }
}

void link_streams_open(Link *link, Wire *wire)
{
    for (LinkStream id = 0; link->streams != NULL && id < LINK_STREAMS; id++)
        open_stream(link, wire, id);
    link_streams_sync(link, wire);
}

/* The subscriptions themselves end with the wire, or were left with all others. */
void link_streams_close(Link *link)
{
    for (LinkStream id = 0; id < LINK_STREAMS; id++)
        link->open_streams[id].open = FALSE;
}

void link_streams_clear(Link *link)
{
    for (LinkStream id = 0; id < LINK_STREAMS; id++) {
        Stream *stream = &link->open_streams[id];

        if (stream->subjects == NULL)
            continue;
        g_ptr_array_unref(stream->subjects);
        g_array_unref(stream->numbers);
        g_array_unref(stream->before);
    }
}

gint64 link_streams_due(const Link *link)
{
    gint64 due = G_MAXINT64;

    for (LinkStream id = 0; id < LINK_STREAMS; id++)
        if (link->open_streams[id].open)
            due = MIN(due, link->open_streams[id].judge_us);
    return due;
}

static void add_subject(GPtrArray *subjects, const char *subject)
{
    if (!g_ptr_array_find_with_equal_func(subjects, subject, g_str_equal, NULL))
        g_ptr_array_add(subjects, g_strdup(subject));
}

/* A branch whose name could be taken for a wildcard, or for two lines, is no subject to ask for. */
static gboolean is_plain(const char *name)
{
    for (; *name != '\0'; name++)
        if ((unsigned char)*name <= ' ' || *name == '*' || *name == '>')
            return FALSE;
    return TRUE;
}

/* In place of one wide subject its branches, but for the one that grew most. Returns that. */
static char *split_into_branches(Link *link, Stream *stream, const char *const *known)
{
    TrafficBranch branches[TRAFFIC_BRANCHES];
    unsigned count = traffic_branches(link->traffic, branches);
    guint64 most = 0;
    g_autofree char *heaviest = NULL;
    guint place;

    g_ptr_array_set_size(stream->subjects, 0);
    for (; *known != NULL; known++)
        add_subject(stream->subjects, *known);
    for (unsigned i = 0; i < count; i++) {
        guint64 before = part_before(stream, i);
        g_autofree char *subject = g_strdup_printf("%s.>", branches[i].name);

        if (strchr(branches[i].name, '.') == NULL || !is_plain(branches[i].name))
            continue;
        add_subject(stream->subjects, subject);
        if (branches[i].messages >= before && branches[i].messages - before >= most) {
            most = branches[i].messages - before;
            g_free(heaviest);
            heaviest = g_steal_pointer(&subject);
        }
    }
    if (heaviest == NULL ||
        !g_ptr_array_find_with_equal_func(stream->subjects, heaviest, g_str_equal, &place))
        return NULL;
    g_ptr_array_remove_index(stream->subjects, place);
    return g_steal_pointer(&heaviest);
}

/* Of several subjects the one that carried most since it was last looked. Returns it. */
static char *drop_heaviest(Stream *stream, Wire *wire)
{
    guint64 most = 0;
    unsigned place = 0;
    char *heaviest;

    for (unsigned i = 0; i < stream->numbers->len; i++) {
        Load load;

        if (wire_load(wire, g_array_index(stream->numbers, unsigned, i), &load) &&
            load.messages - part_before(stream, i) >= most) {
            most = load.messages - part_before(stream, i);
            place = i;
        }
    }
    heaviest = g_strdup(g_ptr_array_index(stream->subjects, place));
    g_ptr_array_remove_index(stream->subjects, place);
    return heaviest;
}

static void narrow(Link *link, Wire *wire, LinkStream id, GuardVerdict verdict)
{
    Stream *stream = &link->open_streams[id];
    const char *const *branches = link->streams[id].branches;
    g_autofree char *why = guard_words(&stream->guard, verdict), *without = NULL, *clean = NULL;
    LinkNews *news = link_news_new(LINK_NEWS_NARROWED);

    if (stream->width == STREAM_WHOLE)
        without = branches != NULL ? split_into_branches(link, stream, branches)
                                   : drop_heaviest(stream, wire);
    close_stream(wire, stream);
    if (without == NULL || stream->subjects->len == 0) {
        g_ptr_array_set_size(stream->subjects, 0);
        stream->width = STREAM_LEFT;
        news->text = g_strdup(why);
    } else {
        stream->width = STREAM_NARROWED;
        clean = text_clean(raw_text(without), 100);
        news->text = g_strdup_printf("without %s: %s", clean, why);
        open_stream(link, wire, id);
    }
    news->stream = id;
    news->count = stream->width;
    link_post(link, news);
}

void link_streams_judge(Link *link, Wire *wire)
{
    gboolean hurry = __atomic_exchange_n(&link->hurry, 0, __ATOMIC_ACQUIRE) != 0;
    gint64 now = clock_now();

    for (LinkStream id = 0; id < LINK_STREAMS; id++) {
        Stream *stream = &link->open_streams[id];
        GuardVerdict verdict;
        Load load;

        if (!stream->open || (now < stream->judge_us && !hurry))
            continue;
        __atomic_store_n(&link->since_look[id], 0, __ATOMIC_RELAXED);
        stream->judge_us = now + GUARD_EVERY_MS * 1000;
        load = load_of(stream, wire);
        verdict = guard_judge(&stream->guard, &link->streams[id].limits, now, &load);
        if (verdict != GUARD_HOLDS)
            narrow(link, wire, id, verdict);
        else
            keep_parts(link, wire, id);
    }
}
