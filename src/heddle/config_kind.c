/* See config_kind.h. Borrows the graph; what it writes into the report is the report's. Facts:
 * ../shared/facts-heddle.md, "Kind from content" and "Traps"; Heddle 0.9.2 core/config.py. */
#include "heddle/config_kind.h"

#include <string.h>

#include "base/text.h"

/* Length of a value on the screen, in characters. */
enum { MAX_VALUE_CHARS = 400, MAX_MERGES = 64 };

typedef enum Key {
    KEY_PIPELINE_STAGES,
    KEY_SCHEDULES,
    KEY_TIER_OVERRIDES,
    KEY_RATE_LIMITS,
    KEY_TOOLS,
    KEY_WORKER_KIND,
    KEY_PROCESSING_BACKEND,
    KEY_CHECKPOINT,
    KEY_MAX_CONCURRENT_GOALS,
    KEY_MAX_CONCURRENT_TASKS,
    KEY_AVAILABLE_WORKERS,
    KEY_SYSTEM_PROMPT,
    KEY_NAME,
    KEY_DEFAULT_MODEL_TIER,
    KEY_NATS_URL,
    KEY_COUNT
} Key;

static const char *const keys[KEY_COUNT] = {
    [KEY_PIPELINE_STAGES] = "pipeline_stages",
    [KEY_SCHEDULES] = "schedules",
    [KEY_TIER_OVERRIDES] = "tier_overrides",
    [KEY_RATE_LIMITS] = "rate_limits",
    [KEY_TOOLS] = "tools",
    [KEY_WORKER_KIND] = "worker_kind",
    [KEY_PROCESSING_BACKEND] = "processing_backend",
    [KEY_CHECKPOINT] = "checkpoint",
    [KEY_MAX_CONCURRENT_GOALS] = "max_concurrent_goals",
    [KEY_MAX_CONCURRENT_TASKS] = "max_concurrent_tasks",
    [KEY_AVAILABLE_WORKERS] = "available_workers",
    [KEY_SYSTEM_PROMPT] = "system_prompt",
    [KEY_NAME] = "name",
    [KEY_DEFAULT_MODEL_TIER] = "default_model_tier",
    [KEY_NATS_URL] = "nats_url",
};

/* In the order in which they decide. */
static const struct {
    Key key;
    ActorKind kind;
    const char *text; /* the value must be this; NULL: any */
    gboolean mapping; /* the value must be a mapping */
} signs[] = {
    {KEY_PIPELINE_STAGES, KIND_PIPELINE, NULL, FALSE},
    {KEY_SCHEDULES, KIND_SCHEDULER, NULL, FALSE},
    {KEY_TIER_OVERRIDES, KIND_ROUTER, NULL, FALSE},
    {KEY_RATE_LIMITS, KIND_ROUTER, NULL, FALSE},
    {KEY_TOOLS, KIND_MCP, NULL, TRUE},
    {KEY_WORKER_KIND, KIND_PROCESSOR, "processor", FALSE},
    {KEY_PROCESSING_BACKEND, KIND_PROCESSOR, NULL, FALSE},
    {KEY_CHECKPOINT, KIND_ORCHESTRATOR, NULL, FALSE},
    {KEY_MAX_CONCURRENT_GOALS, KIND_ORCHESTRATOR, NULL, FALSE},
    {KEY_MAX_CONCURRENT_TASKS, KIND_ORCHESTRATOR, NULL, FALSE},
    {KEY_AVAILABLE_WORKERS, KIND_ORCHESTRATOR, NULL, FALSE},
    {KEY_WORKER_KIND, KIND_WORKER, NULL, FALSE},
    {KEY_SYSTEM_PROMPT, KIND_WORKER, NULL, FALSE},
};

static const struct {
    const char *folder;
    ActorKind kind;
} folders[] = {
    {"workers", KIND_WORKER},
    {"orchestrators", KIND_ORCHESTRATOR},
    {"schedulers", KIND_SCHEDULER},
    {"mcp", KIND_MCP},
};

/* How Heddle words a config that is no mapping, and a name that is missing or no text. */
static const struct {
    const char *root, *name;
} refusals[KIND_COUNT] = {
    [KIND_UNKNOWN] = {"worker config at %s: expected dict, got %s", NULL},
    [KIND_WORKER] = {"worker config at %s: expected dict, got %s", "worker config at %s: "},
    [KIND_PROCESSOR] = {"worker config at %s: expected dict, got %s", "worker config at %s: "},
    [KIND_PIPELINE] = {"Config at %s: expected YAML mapping, got %s", "pipeline config at %s: "},
    [KIND_ORCHESTRATOR] = {"Config at %s: expected YAML mapping, got %s",
                           "orchestrator config at %s: "},
    [KIND_SCHEDULER] = {"scheduler config at %s: expected dict, got %s",
                        "scheduler config at %s: "},
    [KIND_ROUTER] = {"Config at %s: expected YAML mapping, got %s", NULL},
    [KIND_MCP] = {"MCP config at %s: expected dict, got %s", "MCP config at %s: "},
};

/* The values of the keys above; NULL where a key is absent. Nodes are the graph's. */
typedef struct TopLevel {
    const PyGraph *graph;
    const PyNode *values[KEY_COUNT];
    unsigned merges; /* looked at so far: a bomb of them must not keep us */
} TopLevel;

static int key_of(const char *text)
{
    for (int i = 0; i < KEY_COUNT; i++)
        if (strcmp(text, keys[i]) == 0)
            return i;
    return -1;
}

gboolean config_kind_wants(const char *key)
{
    return key_of(key) >= 0;
}

static void collect(TopLevel *top, const PyNode *node);

/* What stands after `<<`: a mapping, or a list of them of which the first weighs most. */
static void collect_merged(TopLevel *top, const PyNode *value)
{
    if (++top->merges > MAX_MERGES)
        return;
    if (value->kind == PY_MAPPING) {
        collect(top, value);
    } else {
        g_autoptr(GPtrArray) items = g_ptr_array_new();

        for (guint32 edge = value->first; edge != 0 && items->len < MAX_MERGES;) {
            const PyEdge *item = py_graph_edge(top->graph, edge);

            g_ptr_array_add(items, py_graph_node(top->graph, item->value));
            edge = item->next;
        }
        for (guint i = items->len; i-- > 0;)
            collect_merged(top, items->pdata[i]);
    }
}

/* Later keys override earlier ones, and a mapping's own those that it merges. */
static void collect(TopLevel *top, const PyNode *node)
{
    for (int own = 0; own < 2; own++)
        for (guint32 edge = node->first; edge != 0; edge = py_graph_edge(top->graph, edge)->next) {
            const PyEdge *pair = py_graph_edge(top->graph, edge);
            const PyNode *key = py_graph_node(top->graph, pair->key);
            const PyNode *value = py_graph_node(top->graph, pair->value);
            gboolean merge = key->tag == PY_TAG_MERGE;
            int known = own && !merge && key->tag == PY_TAG_STR && key->text != NULL &&
                                strlen(key->text) == key->len
                            ? key_of(key->text)
                            : -1;

            if (merge && !own)
                collect_merged(top, value);
            if (known >= 0)
                top->values[known] = value;
        }
}

static gboolean is_text(const PyNode *node, const char *text)
{
    return node->kind == PY_SCALAR && node->tag == PY_TAG_STR && node->text != NULL &&
           node->len == strlen(text) && memcmp(node->text, text, node->len) == 0;
}

static ActorKind kind_by_keys(const TopLevel *top)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(signs); i++) {
        const PyNode *value = top->values[signs[i].key];

        if (value != NULL && (signs[i].text == NULL || is_text(value, signs[i].text)) &&
            (!signs[i].mapping || value->kind == PY_MAPPING))
            return signs[i].kind;
    }
    return KIND_UNKNOWN;
}

ActorKind config_kind_of_folder(const char *path)
{
    g_autofree char *dir = g_path_get_dirname(path);
    g_autofree char *name = g_path_get_basename(dir);

    for (unsigned i = 0; i < G_N_ELEMENTS(folders); i++)
        if (strcmp(name, folders[i].folder) == 0)
            return folders[i].kind;
    return KIND_UNKNOWN;
}

/* Python's name of the type of a value. */
static const char *type_of(const PyNode *node)
{
    if (node->tag == PY_TAG_TIMESTAMP && node->len > strlen("2024-12-31"))
        return "datetime";
    return py_tag_python_type(node->tag);
}

/* A scalar's text, clean; NULL for null and what is no scalar. */
static char *value_text(const PyNode *node)
{
    if (node == NULL || node->kind != PY_SCALAR || node->tag == PY_TAG_NULL || node->text == NULL)
        return NULL;
    return text_clean(raw_bytes(node->text, node->len), MAX_VALUE_CHARS);
}

/* What nats-py refuses in the subject that `name` goes into, and the one name that takes too much.
 */
static char *name_warning(ActorKind kind, const PyNode *node, const char *clean)
{
    const char *pattern = kind_info(kind)->subject;
    g_autofree char *raw = g_strndup(node->text, node->len);
    g_auto(GStrv) tokens = NULL;
    gboolean star = FALSE, bad;

    if (pattern == NULL || strstr(pattern, "%n") == NULL)
        return NULL;
    tokens = g_strsplit(raw, ".", -1);
    bad = tokens[0] == NULL || strlen(raw) != node->len || strpbrk(raw, " \t\r\n>") != NULL;
    for (unsigned i = 0; tokens[i] != NULL; i++) {
        star = star || strcmp(tokens[i], "*") == 0;
        bad = bad || tokens[i][0] == '\0' ||
              (strchr(tokens[i], '*') != NULL && strcmp(tokens[i], "*") != 0);
    }
    if (bad)
        return g_strdup_printf("its name \"%s\" makes no subject: it connects, then ends with "
                               "BadSubjectError",
                               clean);
    if (star)
        return g_strdup_printf("its name \"%s\" is a wildcard: it takes the tasks of others",
                               clean);
    return NULL;
}

static char *refusal_of_name(ActorKind kind, const char *path, const PyNode *name)
{
    GString *out;

    if (refusals[kind].name == NULL || (name != NULL && name->tag == PY_TAG_STR))
        return NULL;
    out = g_string_new("Heddle stops at its start: ");
    g_string_append_printf(out, refusals[kind].name, path);
    if (name == NULL)
        g_string_append(out, "missing required key 'name'");
    else
        g_string_append_printf(out, "key 'name' expected str, got %s", type_of(name));
    return g_string_free(out, FALSE);
}

static char *refusal_of_tier(ActorKind kind, const PyNode *tier, const char *clean)
{
    if (tier == NULL || tier->tag == PY_TAG_NULL || kind_info(kind)->default_tier == NULL)
        return NULL;
    for (unsigned i = 0; i < HEDDLE_TIERS; i++)
        if (is_text(tier, heddle_tiers[i]))
            return NULL;
    return g_strdup_printf("Heddle stops at its start: 'default_model_tier' must be one of "
                           "['frontier', 'local', 'standard'], got '%s'",
                           clean != NULL ? clean : type_of(tier));
}

static char *warning_of(const TopLevel *top, const char *path, const ConfigReport *report)
{
    const PyNode *name = top->values[KEY_NAME], *overrides = top->values[KEY_TIER_OVERRIDES];
    const PyNode *limits = top->values[KEY_RATE_LIMITS];
    char *warning = refusal_of_name(report->kind, path, name);

    if (warning == NULL)
        warning = refusal_of_tier(report->kind, top->values[KEY_DEFAULT_MODEL_TIER],
                                  report->default_tier);
    if (warning == NULL && name != NULL && name->text != NULL)
        warning = name_warning(report->kind, name, report->name);
    if (warning == NULL && report->kind == KIND_ROUTER && overrides != NULL &&
        overrides->tag == PY_TAG_NULL)
        warning = g_strdup("tier_overrides is null: the router dies at its first task");
    if (warning == NULL && report->kind == KIND_ROUTER && limits != NULL &&
        limits->tag == PY_TAG_NULL)
        warning = g_strdup("rate_limits is null: the router dies at its start");
    return warning;
}

void config_kind_read(const PyGraph *graph, const char *path, ConfigReport *report)
{
    const PyNode *root = py_graph_node(graph, graph->root);
    g_autofree char *clean_path = text_clean(raw_text(path), 0);
    TopLevel top = {.graph = graph};
    gboolean mapping = root->tag == PY_TAG_MAP;

    if (mapping)
        collect(&top, root);
    if (report->kind == KIND_UNKNOWN)
        report->kind = kind_by_keys(&top);
    if (report->kind == KIND_UNKNOWN)
        report->kind = config_kind_of_folder(path);
    if (report->kind == KIND_UNKNOWN)
        report->why_no_kind = g_strdup(mapping ? "no key that Heddle's actors have"
                                               : "no mapping, so no key tells its kind");
    if (!mapping) {
        GString *warning = g_string_new("Heddle stops at its start: ");

        g_string_append_printf(warning, refusals[report->kind].root, clean_path, type_of(root));
        report->warning = g_string_free(warning, FALSE);
        return;
    }
    report->name = value_text(top.values[KEY_NAME]);
    report->default_tier = value_text(top.values[KEY_DEFAULT_MODEL_TIER]);
    report->nats_url = value_text(top.values[KEY_NATS_URL]);
    report->warning = warning_of(&top, clean_path, report);
}
