/* Secrets on their way in: small files that hold one, and the prompt for a password. What is read
 * here is wiped by whoever gets it, with secret_free(), and is never printed. */
#ifndef BASE_SECRET_H
#define BASE_SECRET_H

#include <glib.h>

typedef struct SecretFile {
    char *bytes; /* `len` of them and a NUL */
    gsize len;
    gboolean open; /* every user of this machine may read the file */
} SecretFile;

/* Read a regular file of at most `max` bytes; a link to one is fine (Kubernetes mounts secrets so),
 * a device or pipe is not: nothing here blocks. FALSE with *why, one clean sentence that begins
 * with the path (caller frees). */
gboolean secret_file_read(SecretFile *file, const char *path, gsize max, char **why);
void secret_file_clear(SecretFile *file); /* wipes; fine on one that is all zero */

/* Wipe a string and free it; NULL is fine. */
void secret_free(char *secret);

/* Ask on the controlling terminal, with nothing of the answer on the screen, whatever standard
 * input and output are. At most 1,023 bytes. NULL with *why (clean, caller frees) when there is no
 * terminal or the operator gave up (Ctrl-C, or Ctrl-D on an empty line). A signal that ends the
 * process finds the terminal as it was. */
char *secret_ask(const char *prompt, char **why);

#endif
