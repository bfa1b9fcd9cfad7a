/* See schema.h. Schemas are a stranger's: depth, count and length of all that is made is bounded.
 */
#include "heddle/schema.h"

#include <math.h>
#include <string.h>

enum { DEPTH_MOST = 16, VALUES_MOST = 400, ITEMS_MOST = 16, CHARS_MOST = 512, BYTES_MOST = 8192 };

static const char plain_text[] = "preflight";

/* Values of these formats must look like one. */
static const struct {
    const char *format, *text;
} formats[] = {
    {"date-time", "2026-01-01T00:00:00Z"},
    {"date", "2026-01-01"},
    {"time", "00:00:00Z"},
    {"email", "preflight@example.com"},
    {"hostname", "localhost"},
    {"ipv4", "127.0.0.1"},
    {"ipv6", "::1"},
    {"uri", "https://example.com/"},
    {"uuid", "00000000-0000-4000-8000-000000000000"},
};

static json_t *example(const json_t *schema, unsigned depth, unsigned *left);

/* The schema's own value, NULL where it names none. */
static json_t *own_value(const json_t *schema)
{
    static const char *const words[] = {"const", "default"};
    static const char *const lists[] = {"examples", "enum"};

    for (gsize i = 0; i < G_N_ELEMENTS(words); i++)
        if (json_object_get(schema, words[i]) != NULL)
            return json_deep_copy(json_object_get(schema, words[i]));
    for (gsize i = 0; i < G_N_ELEMENTS(lists); i++) {
        const json_t *first = json_array_get(json_object_get(schema, lists[i]), 0);

        if (first != NULL)
            return json_deep_copy(first);
    }
    return NULL;
}

/* A bound that is a number, else `otherwise`. */
static double bound(const json_t *schema, const char *word, double otherwise)
{
    const json_t *value = json_object_get(schema, word);

    return json_is_number(value) ? json_number_value(value) : otherwise;
}

static json_t *example_text(const json_t *schema)
{
    const char *format = json_string_value(json_object_get(schema, "format"));
    gsize least = (gsize)CLAMP(bound(schema, "minLength", 0), 0, CHARS_MOST);
    gsize most = (gsize)CLAMP(bound(schema, "maxLength", CHARS_MOST), 0, CHARS_MOST);
    GString *text = g_string_new(plain_text);
    json_t *value;

    for (gsize i = 0; format != NULL && i < G_N_ELEMENTS(formats); i++)
        if (g_str_equal(format, formats[i].format))
            g_string_assign(text, formats[i].text);
    while (text->len < least)
        g_string_append_c(text, 'x');
    if (text->len > MAX(most, least))
        g_string_truncate(text, MAX(most, least));
    value = json_string(text->str);
    g_string_free(text, TRUE);
    return value;
}

/* The smallest from 0 up that is within the bounds; else the largest below. */
static json_t *example_number(const json_t *schema, gboolean whole)
{
    const double far = 1e15;
    double step = bound(schema, "multipleOf", whole ? 1 : 0);
    double least = bound(schema, "minimum", -far), most = bound(schema, "maximum", far);
    double above = bound(schema, "exclusiveMinimum", -far);
    double below = bound(schema, "exclusiveMaximum", far), value;

    least = MAX(least, above > -far ? above + (step > 0 ? step : 0.5) : least);
    most = MIN(most, below < far ? below - (step > 0 ? step : 0.5) : most);
    value = CLAMP(0, least, MAX(least, most));
    if (step > 0)
        value = value > 0 ? ceil(value / step) * step : floor(value / step) * step;
    if (!(value > -far && value < far))
        value = 0;
    return whole ? json_integer((json_int_t)value) : json_real(value);
}

static json_t *example_array(const json_t *schema, unsigned depth, unsigned *left)
{
    unsigned count = (unsigned)CLAMP(bound(schema, "minItems", 0), 0, ITEMS_MOST);
    json_t *array = json_array();

    for (unsigned i = 0; i < count; i++)
        json_array_append_new(array, example(json_object_get(schema, "items"), depth + 1, left));
    return array;
}

static void add_property(json_t *object, const json_t *schema, const char *name, unsigned depth,
                         unsigned *left)
{
    const json_t *properties = json_object_get(schema, "properties");

    if (json_object_get(object, name) == NULL)
        json_object_set_new(object, name, example(json_object_get(properties, name), depth, left));
}

static json_t *example_object(const json_t *schema, unsigned depth, unsigned *left)
{
    json_t *object = json_object(), *required = json_object_get(schema, "required"), *item;
    json_t *properties = json_object_get(schema, "properties");
    size_t i, least = (size_t)CLAMP(bound(schema, "minProperties", 0), 0, ITEMS_MOST);
    const char *name;

    json_array_foreach(required, i, item)
    {
        if (json_is_string(item) && *left > 0)
            add_property(object, schema, json_string_value(item), depth + 1, left);
    }
    json_object_foreach(properties, name, item)
    {
        if (json_object_size(object) < least)
            add_property(object, schema, name, depth + 1, left);
    }
    return object;
}

/* "object", of a list of types the first that is not null; NULL: any. */
static const char *type_of(const json_t *schema)
{
    const json_t *type = json_object_get(schema, "type"), *item;
    size_t i;

    json_array_foreach(type, i, item)
    {
        if (json_is_string(item) && strcmp(json_string_value(item), "null") != 0)
            return json_string_value(item);
    }
    if (json_is_string(type))
        return json_string_value(type);
    return json_object_get(schema, "properties") != NULL ||
                   json_object_get(schema, "required") != NULL
               ? "object"
           : json_object_get(schema, "items") != NULL ? "array"
                                                      : NULL;
}

/* Of several ways the first is one. */
static const json_t *first_way(const json_t *schema)
{
    static const char *const words[] = {"anyOf", "oneOf", "allOf"};

    for (gsize i = 0; i < G_N_ELEMENTS(words); i++) {
        const json_t *first = json_array_get(json_object_get(schema, words[i]), 0);

        if (first != NULL)
            return first;
    }
    return NULL;
}

static json_t *of_type(const json_t *schema, const char *type, unsigned depth, unsigned *left)
{
    if (g_str_equal(type, "object"))
        return example_object(schema, depth, left);
    if (g_str_equal(type, "array"))
        return example_array(schema, depth, left);
    if (g_str_equal(type, "integer") || g_str_equal(type, "number"))
        return example_number(schema, type[0] == 'i');
    if (g_str_equal(type, "boolean"))
        return json_true();
    if (g_str_equal(type, "null"))
        return json_null();
    return example_text(schema);
}

/* Never NULL. A schema that asks nothing, or is none, is met by any value. */
static json_t *example(const json_t *schema, unsigned depth, unsigned *left)
{
    const char *type = type_of(schema);
    json_t *own;

    if (*left == 0 || depth > DEPTH_MOST) {
        *left = 0;
        return json_null();
    }
    --*left;
    own = own_value(schema);
    if (own != NULL)
        return own;
    if (type != NULL)
        return of_type(schema, type, depth, left);
    if (first_way(schema) != NULL)
        return example(first_way(schema), depth + 1, left);
    return json_object_get(schema, "$ref") != NULL ? json_object() : json_string(plain_text);
}

char *schema_example(const json_t *schema)
{
    unsigned left = VALUES_MOST;
    json_t *value = json_object_size(schema) == 0 ? json_object() : example(schema, 0, &left);
    char *by_jansson = json_is_object(value) && left > 0 ? json_dumps(value, JSON_COMPACT) : NULL;
    char *text =
        by_jansson != NULL && strlen(by_jansson) <= BYTES_MOST ? g_strdup(by_jansson) : NULL;

    free(by_jansson);
    json_decref(value);
    return text;
}
