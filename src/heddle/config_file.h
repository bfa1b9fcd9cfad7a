/* A config file's bytes, got without ever waiting for a FIFO or a device. */
#ifndef HEDDLE_CONFIG_FILE_H
#define HEDDLE_CONFIG_FILE_H

#include "heddle/config.h"

typedef enum FileAnswer {
    FILE_READ,
    FILE_NOT_FOUND, /* Python's os.path.isfile() says no: not there, or no regular file */
    FILE_REFUSED,   /* there, but opening or reading it fails */
    FILE_TOO_LARGE  /* over CONFIG_MAX_BYTES */
} FileAnswer;

typedef struct ConfigFile {
    GString *bytes; /* owned; NULL unless FILE_READ */
    FileStamp stamp;
    int error; /* errno of FILE_REFUSED */
} ConfigFile;

/* Read `path`, links followed. Blocks on the file system. Clear with config_file_clear() whatever
 * the answer. */
FileAnswer config_file_read(const char *path, ConfigFile *file);
void config_file_clear(ConfigFile *file);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ConfigFile, config_file_clear)

#endif
