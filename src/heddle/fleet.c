/* See fleet.h. A fleet owns its files and skips; the walk's own data live for one call. */
#include "heddle/fleet.h"

#include <dirent.h>
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/text.h"

enum {
    MAX_FILES = 10000,
    MAX_LEVELS = 32,
    MAX_ENTRIES = 200000, /* looked at in all: a folder of millions is no folder of configs */
};

typedef struct Walk {
    Fleet *fleet;
    GHashTable *paths;   /* of files and skips that are listed */
    GHashTable *folders; /* "device:inode" of those walked: links may lead back */
    unsigned entries;
    unsigned told; /* what was found worth a line, listed before or not */
    gboolean full; /* the limit has been said */
} Walk;

static void file_free(void *data)
{
    FleetFile *file = data;

    g_free(file->path);
    g_free(file);
}

static void skip_free(void *data)
{
    FleetSkip *skip = data;

    g_free(skip->path);
    g_free(skip->reason);
    g_free(skip);
}

static void skip(Walk *walk, const char *path, const char *reason)
{
    FleetSkip *skipped;

    walk->told++;
    if (!g_hash_table_add(walk->paths, g_strdup(path)))
        return;
    skipped = g_new0(FleetSkip, 1);
    skipped->path = g_strdup(path);
    skipped->reason = g_strdup(reason);
    g_ptr_array_add(walk->fleet->skipped, skipped);
}

/* Say once that the walk ends here. */
static void stop(Walk *walk, const char *path, const char *reason)
{
    if (!walk->full)
        skip(walk, path, reason);
    walk->full = TRUE;
}

static void add(Walk *walk, const char *path, ActorKind forced, gboolean named)
{
    FleetFile *file;

    walk->told++;
    if (g_hash_table_contains(walk->paths, path))
        return;
    if (walk->fleet->files->len >= MAX_FILES) {
        stop(walk, path, "this and what follows: more than 10,000 files");
        return;
    }
    g_hash_table_add(walk->paths, g_strdup(path));
    file = g_new0(FleetFile, 1);
    *file = (FleetFile){g_strdup(path), forced, named, config_stamp(path)};
    g_ptr_array_add(walk->fleet->files, file);
}

static gboolean is_folder(const char *path)
{
    struct stat info;

    return stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

static int compare(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Names in a folder, sorted by bytes; NULL with errno when it cannot be read. */
static GPtrArray *list(Walk *walk, const char *path)
{
    DIR *dir = opendir(path);
    GPtrArray *names;
    const struct dirent *entry;

    if (dir == NULL)
        return NULL;
    names = g_ptr_array_new_with_free_func(g_free);
    while ((entry = readdir(dir)) != NULL) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        if (++walk->entries > MAX_ENTRIES) {
            stop(walk, path, "more than 200,000 entries: the rest is not looked at");
            break;
        }
        g_ptr_array_add(names, g_strdup(entry->d_name));
    }
    closedir(dir);
    g_ptr_array_sort(names, compare);
    return names;
}

static gboolean seen_before(Walk *walk, const char *path)
{
    struct stat info;

    if (stat(path, &info) != 0)
        return FALSE;
    return !g_hash_table_add(
        walk->folders, g_strdup_printf("%ju:%ju", (uintmax_t)info.st_dev, (uintmax_t)info.st_ino));
}

static void walk_folder(Walk *walk, const char *path, ActorKind forced, unsigned level);

/* FALSE when it is no config by its name: those are only counted. */
static gboolean walk_entry(Walk *walk, const char *path, const char *name, ActorKind forced,
                           unsigned level)
{
    gboolean yaml = g_str_has_suffix(name, ".yaml") || g_str_has_suffix(name, ".yml");

    if (is_folder(path)) {
        if (strcmp(name, "councils") == 0)
            skip(walk, path, "councils are no actors");
        else if (name[0] == '.')
            skip(walk, path, "a hidden folder");
        else
            walk_folder(walk, path, forced, level + 1);
    } else if (yaml && name[0] == '_') {
        skip(walk, path, "a template: its name begins with _");
    } else if (yaml) {
        add(walk, path, forced, FALSE);
    } else {
        return FALSE;
    }
    return TRUE;
}

/* One line for all of a folder: its folder may be full of data. */
static void skip_others(Walk *walk, const char *path, unsigned others)
{
    g_autofree char *reason =
        g_strdup_printf("%u file%s in it end%s neither in .yaml nor .yml", others,
                        others == 1 ? "" : "s", others == 1 ? "s" : "");

    if (others > 0)
        skip(walk, path, reason);
}

static void walk_folder(Walk *walk, const char *path, ActorKind forced, unsigned level)
{
    g_autoptr(GPtrArray) names = NULL;
    unsigned others = 0;

    if (level > MAX_LEVELS) {
        skip(walk, path, "more than 32 folders deep");
        return;
    }
    if (seen_before(walk, path)) {
        skip(walk, path, "a folder that was walked already");
        return;
    }
    names = list(walk, path);
    if (names == NULL) {
        g_autofree char *reason = text_clean(raw_text(g_strerror(errno)), 200);

        skip(walk, path, reason);
        return;
    }
    for (guint i = 0; i < names->len && !walk->full; i++) {
        g_autofree char *inside = g_build_filename(path, names->pdata[i], NULL);

        others += !walk_entry(walk, inside, names->pdata[i], forced, level);
    }
    skip_others(walk, path, others);
}

/* A folder that was named, and has neither configs nor anything else to tell, is told too. */
static void walk_named(Walk *walk, const char *path, ActorKind forced)
{
    unsigned before = walk->told;

    walk_folder(walk, path, forced, 0);
    if (walk->told == before)
        skip(walk, path, "no file in it");
}

static void walk_argument(Walk *walk, const char *argument)
{
    const char *colon = strchr(argument, ':');
    g_autofree char *word = colon != NULL ? g_strndup(argument, (gsize)(colon - argument)) : NULL;
    ActorKind forced = kind_from_word(word);
    struct stat info;

    /* A file that is really called `worker:x.yaml` wins over the prefix. */
    if (forced != KIND_UNKNOWN && lstat(argument, &info) != 0)
        argument = colon + 1;
    else
        forced = KIND_UNKNOWN;
    if (is_folder(argument))
        walk_named(walk, argument, forced);
    else
        add(walk, argument, forced, TRUE);
}

/* Nothing was named: `configs/` here, else the folders of $HEDDLE_CONFIGS. */
static void walk_defaults(Walk *walk)
{
    const char *variable = g_getenv("HEDDLE_CONFIGS");
    g_auto(GStrv) folders = NULL;

    if (is_folder("configs")) {
        walk->fleet->source = g_strdup("configs/");
        walk_named(walk, "configs", KIND_UNKNOWN);
        return;
    }
    if (variable == NULL || *variable == '\0')
        return;
    walk->fleet->source = g_strdup("$HEDDLE_CONFIGS");
    folders = g_strsplit(variable, ":", -1);
    for (unsigned i = 0; folders[i] != NULL; i++) {
        if (folders[i][0] == '\0')
            continue;
        if (is_folder(folders[i]))
            walk_named(walk, folders[i], KIND_UNKNOWN);
        else
            skip(walk, folders[i], "named in $HEDDLE_CONFIGS, and no folder");
    }
}

Fleet *fleet_walk(const char *const *args)
{
    Fleet *fleet = g_new0(Fleet, 1);
    Walk walk = {.fleet = fleet};

    fleet->files = g_ptr_array_new_with_free_func(file_free);
    fleet->skipped = g_ptr_array_new_with_free_func(skip_free);
    walk.paths = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    walk.folders = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    if (args != NULL && args[0] != NULL) {
        fleet->source = g_strdup("arguments");
        for (; *args != NULL; args++)
            walk_argument(&walk, *args);
    } else {
        walk_defaults(&walk);
    }
    g_hash_table_destroy(walk.paths);
    g_hash_table_destroy(walk.folders);
    return fleet;
}

void fleet_free(Fleet *fleet)
{
    if (fleet == NULL)
        return;
    g_ptr_array_free(fleet->files, TRUE);
    g_ptr_array_free(fleet->skipped, TRUE);
    g_free(fleet->source);
    g_free(fleet);
}
