/* Files of /proc, below the folder of one process: what procs.c and procs_net.c read with. A folder
 * that is open stays that process's, even when its number is given to another. */
#ifndef HEDDLE_PROC_FILE_H
#define HEDDLE_PROC_FILE_H

#include <glib.h>

/* Up to `max` bytes of the file `name` below `folder`, never waiting (a FIFO is empty). A NUL
 * stands after them. NULL with errno when it cannot be read; free with proc_file_free(). */
GString *proc_file_read(int folder, const char *name, gsize max);
void proc_file_free(GString *bytes); /* wipes; NULL is fine */

/* Where a symbolic link leads, raw bytes; NULL with errno. Caller frees. */
char *proc_file_link(int folder, const char *name);

#endif
