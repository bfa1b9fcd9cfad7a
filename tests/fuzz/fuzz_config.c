/* Fuzz target of the config rules: any bytes are judged in bounded time and memory.
 *
 *     clang -fsanitize=fuzzer,address,undefined … fuzz_config.c && ./fuzz_config CORPUS_DIR */
#include <stdint.h>

#include "heddle/config_detail.h"
#include "heddle/config_kind.h"
#include "heddle/pyyaml.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autoptr(PyGraph) graph = py_graph_new();
    PyFault fault = {PY_OK, NULL, 0, 0};

    pyyaml_judge((const char *)data, size, config_kind_wants, graph, &fault);
    if (fault.outcome == PY_OK) {
        ConfigReport report = {.kind = KIND_UNKNOWN};

        config_kind_read(graph, "x.yaml", &report);
        config_detail_read((const char *)data, size, &report);
        g_free(report.warning);
        g_free(report.why_no_kind);
        g_free(report.name);
        g_free(report.default_tier);
        g_free(report.nats_url);
        g_free(report.example);
    }
    py_fault_clear(&fault);
    return 0;
}
