#include "mesh/effect.h"

#include <string.h>

static void effect_free(void *data)
{
    Effect *effect = data;

    if (effect->text != NULL) /* may be a URL with a password */
        explicit_bzero(effect->text, strlen(effect->text));
    g_free(effect->text);
    g_free(effect->bytes);
    g_free(effect->task_id);
    g_free(effect->also);
    g_free(effect);
}

Effects *effects_new(void)
{
    return g_ptr_array_new_with_free_func(effect_free);
}

Effect *effects_add(Effects *effects, EffectKind kind)
{
    Effect *effect = g_new0(Effect, 1);

    effect->kind = kind;
    g_ptr_array_add(effects, effect);
    return effect;
}
