/* See config.h. A report owns its strings; the file's bytes and graph live for one check. */
#include "heddle/config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "heddle/config_detail.h"
#include "heddle/config_file.h"
#include "heddle/config_kind.h"
#include "heddle/pyyaml.h"

enum { MAX_REASON_CHARS = 200 };

static const State states[] = {
    [CONFIG_VALID] = STATE_OK,   [CONFIG_NOT_FOUND] = STATE_FAIL,
    [CONFIG_EMPTY] = STATE_FAIL, [CONFIG_INVALID] = STATE_FAIL,
    [CONFIG_DIES] = STATE_FAIL,  [CONFIG_TOO_LARGE] = STATE_UNKNOWN,
};

static const ConfigOutcome outcomes[] = {
    [PY_OK] = CONFIG_VALID,  [PY_EMPTY] = CONFIG_EMPTY,      [PY_INVALID] = CONFIG_INVALID,
    [PY_DIES] = CONFIG_DIES, [PY_UNSURE] = CONFIG_TOO_LARGE,
};

/* The sentence for what the report says so far; `path` is clean. */
static char *sentence(const ConfigReport *report, const char *path)
{
    g_autofree char *place =
        report->line == 0 ? g_strdup("")
                          : g_strdup_printf(", line %u, column %u", report->line, report->column);

    switch (report->outcome) {
    case CONFIG_VALID:
        return g_strdup_printf("Config file is valid YAML: %s", path);
    case CONFIG_NOT_FOUND:
        return g_strdup_printf("Config file not found: %s", path);
    case CONFIG_EMPTY:
        return g_strdup_printf("Config file is empty: %s", path);
    case CONFIG_INVALID:
        return g_strdup_printf("Config file has invalid YAML: %s (%s%s)", path, report->reason,
                               place);
    case CONFIG_DIES:
        return g_strdup_printf("Heddle would stop with a traceback here: %s (%s%s)", path,
                               report->reason, place);
    case CONFIG_TOO_LARGE:
        break;
    }
    return g_strdup_printf("Config file not judged: %s (%s)", path, report->reason);
}

static void take_fault(ConfigReport *report, const PyFault *fault)
{
    report->outcome = outcomes[fault->outcome];
    if (fault->outcome == PY_OK || fault->outcome == PY_EMPTY)
        return;
    report->reason = text_clean(raw_text(fault->reason), MAX_REASON_CHARS);
    if (fault->outcome != PY_UNSURE) {
        report->line = fault->line;
        report->column = fault->column;
    }
}

static void judge(ConfigReport *report, const char *path, const GString *bytes)
{
    g_autoptr(PyGraph) graph = py_graph_new();
    PyFault fault = {PY_OK, NULL, 0, 0};

    pyyaml_judge(bytes->str, bytes->len, config_kind_wants, graph, &fault);
    take_fault(report, &fault);
    py_fault_clear(&fault);
    if (report->outcome != CONFIG_VALID)
        return;
    config_kind_read(graph, path, report);
    config_detail_read(bytes->str, bytes->len, report);
}

ConfigReport *config_check(const char *path, ActorKind forced)
{
    ConfigReport *report = g_new0(ConfigReport, 1);
    g_autofree char *clean_path = text_clean(raw_text(path), 0);
    g_auto(ConfigFile) file = {NULL, {0, 0, 0}, 0};

    report->kind = forced;
    switch (config_file_read(path, &file)) {
    case FILE_READ:
        judge(report, path, file.bytes);
        break;
    case FILE_NOT_FOUND:
        report->outcome = CONFIG_NOT_FOUND;
        break;
    case FILE_REFUSED:
        report->outcome = CONFIG_DIES;
        report->unreadable = TRUE;
        report->reason = text_clean(raw_text(g_strerror(file.error)), MAX_REASON_CHARS);
        break;
    case FILE_TOO_LARGE:
        report->outcome = CONFIG_TOO_LARGE;
        report->reason = g_strdup_printf("over %d MiB", CONFIG_MAX_BYTES / (1024 * 1024));
        break;
    }
    report->stamp = file.stamp;
    report->real_path = realpath(path, NULL);
    report->text = sentence(report, clean_path);
    report->state = report->warning != NULL ? STATE_WARN : states[report->outcome];
    if (report->kind == KIND_UNKNOWN && report->why_no_kind == NULL) {
        report->kind = config_kind_of_folder(path);
        if (report->kind == KIND_UNKNOWN)
            report->why_no_kind = g_strdup("unreadable, and its folder tells no kind");
    }
    return report;
}

void config_report_free(ConfigReport *report)
{
    if (report == NULL)
        return;
    g_free(report->text);
    g_free(report->reason);
    g_free(report->warning);
    g_free(report->why_no_kind);
    g_free(report->name);
    g_free(report->default_tier);
    g_free(report->nats_url);
    free(report->real_path); /* of realpath() */
    g_free(report->example);
    g_free(report);
}
