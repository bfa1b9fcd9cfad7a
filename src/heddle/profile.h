/* Profiles: settings in a file, and what the operator knows of actors that run elsewhere.
 *
 * A profile is YAML: a mapping of the keys in profile_key_info(), each with a text on one line, of
 * `configs`, a list of files and folders, and of `actors`, a mapping by name or KIND/NAME to
 * mappings of the keys in profile_actor_key_info(). heddle-preflight --print-profile prints one.
 * Whatever is not among these is an error, and so are aliases, anchors, tags and a second document.
 * Relative paths are relative to the profile's folder.
 *
 * Made once at the start and never changed after that, shared by reference. Values are as they were
 * typed, in one line of UTF-8 without control characters; URLs may hold a password, so all of them
 * are wiped when the last reference goes. */
#ifndef HEDDLE_PROFILE_H
#define HEDDLE_PROFILE_H

#include "base/refs.h"
#include "base/text.h"
#include "heddle/kind.h"

enum { PROFILE_MAX_BYTES = 1024 * 1024, PROFILE_MAX_ITEMS = 10000 /* of configs; of actors */ };

typedef enum ProfileKey {
    PROFILE_NATS_URL,
    PROFILE_CONTEXT,
    PROFILE_MONITOR_URL,
    PROFILE_TIER,
    PROFILE_TIMEOUT,
    PROFILE_SMOKE_TIMEOUT,
    PROFILE_SMOKE_MODE,
    PROFILE_WORKER_TYPE,
    PROFILE_PAYLOAD,
    PROFILE_ENV_FILE,
    PROFILE_KEYS
} ProfileKey;

typedef enum ProfileActorKey {
    PROFILE_ACTOR_URL,
    PROFILE_ACTOR_TIER,
    PROFILE_ACTOR_ENV_FILE,
    PROFILE_ACTOR_LOG,
    PROFILE_ACTOR_RESTART,
    PROFILE_ACTOR_KEYS
} ProfileActorKey;

typedef struct ProfileValue {
    char *text;    /* NULL: not given */
    unsigned line; /* 1-based; 0: it is from no file */
} ProfileValue;

typedef struct ProfileActor {
    char *name; /* "echo" or "worker/echo"; clean */
    char *note; /* what a printed profile says of it; clean; NULL: nothing */
    ProfileValue values[PROFILE_ACTOR_KEYS];
} ProfileActor;

typedef struct Profile {
    Refs refs;
    char *path; /* clean; NULL: it is from no file */
    ProfileValue values[PROFILE_KEYS];
    GPtrArray *configs;  /* of char *: FILE, FOLDER or KIND:FILE; none: not given */
    GPtrArray *actors;   /* of ProfileActor *, in the order of the file */
    GHashTable *by_name; /* of those, borrowed */
} Profile;

typedef struct ProfileKeyInfo {
    const char *word, *example, *help;
    gboolean is_path, is_tier;
} ProfileKeyInfo;

/* Static storage. */
const ProfileKeyInfo *profile_key_info(ProfileKey key);
const ProfileKeyInfo *profile_actor_key_info(ProfileActorKey key);

/* Read a regular file of at most PROFILE_MAX_BYTES. NULL with *why: one clean sentence with the
 * path, line and key, and no value that could be secret (caller frees). Blocks on the file system.
 */
Profile *profile_read(const char *path, char **why);

/* The same for bytes that stand in `folder`; *why begins with the line. */
Profile *profile_parse(RawText text, const char *folder, char **why);

/* Empty, for one that is made up rather than read. */
Profile *profile_new(void);
/* Append an actor, named so (copied); NULL when that name is taken. Owned by the profile. */
ProfileActor *profile_add_actor(Profile *profile, const char *name);

/* Can `text` be a value as it is? One line of text, nothing invisible in it. */
gboolean profile_text_ok(const char *text);

Profile *profile_ref(Profile *profile);
void profile_unref(Profile *profile); /* NULL is fine */

/* What the profile says of an actor: by KIND/NAME, else by name. `name` is clean. NULL: nothing. */
const ProfileActor *profile_actor(const Profile *profile, ActorKind kind, const char *name);

#endif
