/* See config_detail.h. The composer of the check leaves out whatever cannot stop Heddle, so libyaml
 * reads the document once more here, into JSON; the check has seen before that it is neither deep
 * nor too much work. Merge keys are not followed. */
#include "heddle/config_detail.h"

#include <math.h>
#include <string.h>

#include <yaml.h>

#include "heddle/pyyaml_tag.h"
#include "heddle/schema.h"

enum { BYTES_MOST = 256 * 1024, DEPTH_MOST = 32, NODES_MOST = 4000, DIGITS_MOST = 15 };

/* Heddle's own where a limit is given without a number (router/router.py). */
#define DEFAULT_CONCURRENT 10.0

typedef struct Reader {
    yaml_document_t *document;
    unsigned left; /* nodes that may still be made: aliases could multiply them */
} Reader;

static json_t *json_of(Reader *reader, const yaml_node_t *node, unsigned depth);

static const char *text_of(const yaml_node_t *node, gsize *len)
{
    *len = node->data.scalar.length;
    return (const char *)node->data.scalar.value;
}

static json_t *json_string_of(const char *text, gsize len)
{
    json_t *value = json_stringn(text, len);

    return value != NULL ? value : json_null();
}

/* A plain scalar as PyYAML would construct it, where JSON has such a value; else as its text. */
static json_t *scalar(const yaml_node_t *node)
{
    gsize len;
    const char *text = text_of(node, &len);
    PyTag tag = node->data.scalar.style == YAML_PLAIN_SCALAR_STYLE ? py_tag_implicit(text, len)
                                                                   : PY_TAG_STR;
    char *end;
    double number;

    if (tag == PY_TAG_NULL)
        return json_null();
    if (tag == PY_TAG_BOOL)
        return json_boolean(strchr("yYtT", text[0]) != NULL || g_ascii_strcasecmp(text, "on") == 0);
    if (tag == PY_TAG_INT && len <= DIGITS_MOST && strspn(text, "+-0123456789") == len &&
        strspn(text, "+-0") <= 1)
        return json_integer(g_ascii_strtoll(text, NULL, 10));
    if (tag == PY_TAG_FLOAT) {
        number = g_ascii_strtod(text, &end);
        if (*end == '\0' && isfinite(number))
            return json_real(number);
    }
    return json_string_of(text, len);
}

static json_t *mapping(Reader *reader, const yaml_node_t *node, unsigned depth)
{
    json_t *object = json_object();

    for (const yaml_node_pair_t *pair = node->data.mapping.pairs.start;
         pair < node->data.mapping.pairs.top; pair++) {
        const yaml_node_t *key = yaml_document_get_node(reader->document, pair->key);

        if (key != NULL && key->type == YAML_SCALAR_NODE)
            json_object_set_new(
                object, (const char *)key->data.scalar.value,
                json_of(reader, yaml_document_get_node(reader->document, pair->value), depth + 1));
    }
    return object;
}

static json_t *sequence(Reader *reader, const yaml_node_t *node, unsigned depth)
{
    json_t *array = json_array();

    for (const yaml_node_item_t *item = node->data.sequence.items.start;
         item < node->data.sequence.items.top && reader->left > 0; item++)
        json_array_append_new(
            array, json_of(reader, yaml_document_get_node(reader->document, *item), depth + 1));
    return array;
}

/* Never NULL; null for what is too deep, or beyond what may be made. */
static json_t *json_of(Reader *reader, const yaml_node_t *node, unsigned depth)
{
    if (node == NULL || depth > DEPTH_MOST || reader->left == 0)
        return json_null();
    reader->left--;
    switch (node->type) {
    case YAML_SCALAR_NODE:
        return scalar(node);
    case YAML_SEQUENCE_NODE:
        return sequence(reader, node, depth);
    case YAML_MAPPING_NODE:
        return mapping(reader, node, depth);
    default:
        return json_null();
    }
}

/* The value of a top-level key as JSON; NULL where there is none, or more of it than is read. */
static json_t *value_at(yaml_document_t *document, const char *wanted)
{
    const yaml_node_t *root = yaml_document_get_root_node(document), *found = NULL;
    Reader reader = {document, NODES_MOST};
    json_t *value;

    if (root == NULL || root->type != YAML_MAPPING_NODE)
        return NULL;
    for (const yaml_node_pair_t *pair = root->data.mapping.pairs.start;
         pair < root->data.mapping.pairs.top; pair++) {
        const yaml_node_t *key = yaml_document_get_node(document, pair->key);

        if (key != NULL && key->type == YAML_SCALAR_NODE &&
            strcmp((const char *)key->data.scalar.value, wanted) == 0)
            found = yaml_document_get_node(document, pair->value);
    }
    value = found != NULL ? json_of(&reader, found, 0) : NULL;
    if (reader.left == 0)
        g_clear_pointer(&value, json_decref);
    return value;
}

static void read_example(yaml_document_t *document, ConfigReport *report)
{
    json_t *schema = value_at(document, "input_schema");

    if (json_is_object(schema))
        report->example = schema_example(schema);
    json_decref(schema);
}

static void read_limits(yaml_document_t *document, ConfigReport *report)
{
    json_t *limits = value_at(document, "rate_limits");

    for (unsigned i = 0; i < HEDDLE_TIERS; i++) {
        const json_t *limit = json_object_get(limits, heddle_tiers[i]);
        const json_t *most = json_object_get(limit, "max_concurrent");

        if (json_is_object(limit))
            report->limits[i] = most == NULL           ? DEFAULT_CONCURRENT
                                : json_is_number(most) ? MAX(json_number_value(most), 0)
                                                       : 0;
    }
    json_decref(limits);
}

void config_detail_read(const char *bytes, gsize len, ConfigReport *report)
{
    gboolean example = report->kind == KIND_WORKER || report->kind == KIND_PROCESSOR;
    yaml_parser_t parser;
    yaml_document_t document;

    if ((!example && report->kind != KIND_ROUTER) || len > BYTES_MOST ||
        !yaml_parser_initialize(&parser))
        return;
    yaml_parser_set_input_string(&parser, (const guchar *)bytes, len);
    if (yaml_parser_load(&parser, &document)) {
        if (example)
            read_example(&document, report);
        else
            read_limits(&document, report);
        yaml_document_delete(&document);
    }
    yaml_parser_delete(&parser);
}
