/* Env files: KEY=VALUE lines that a service manager hands to an actor which runs elsewhere than
 * this process. Of the values only whether they are empty is kept.
 *
 * Lines are read as systemd's EnvironmentFile= has them (systemd.exec(5)): comments begin with `#`
 * or `;`, blanks around the name and in front of the value do not count, a value may be quoted over
 * several lines, a backslash before a line's end joins two. Beyond that a leading `export`, CRLF
 * and a byte order mark are taken, and as with docker run --env-file a lone name. The later of two
 * lines wins. docker keeps quotes as part of the value, which matters only to KEY="": empty here.
 */
#ifndef HEDDLE_ENV_FILE_H
#define HEDDLE_ENV_FILE_H

#include "base/text.h"
#include "heddle/env.h"

enum { ENV_FILE_MAX_BYTES = 1024 * 1024 };

typedef struct EnvFile EnvFile;

/* NULL with *why: one clean sentence with the line's number, and nothing of what stands in it
 * (caller frees). */
EnvFile *env_file_parse(RawText text, char **why);

/* The same for a regular file of at most ENV_FILE_MAX_BYTES; *why begins with the path. A FIFO or a
 * device is refused, so nothing here waits but for the file system. The bytes are wiped. */
EnvFile *env_file_read(const char *path, char **why);
void env_file_free(EnvFile *file); /* NULL is fine */

/* An EnvLookup with an EnvFile as its data: NULL, "" or, for any other value, "set". It knows the
 * variables in env_asked and no others. */
const char *env_file_lookup(const char *name, void *file);

/* Look at all tiers with what is in the file. One that cannot be read gives STATE_UNKNOWN and says
 * why. Blocks on the file system: call on a runner. Free with env_view_free(). */
EnvView *env_file_view(const char *path);

#endif
