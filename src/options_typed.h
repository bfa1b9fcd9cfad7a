/* What operators type where it does not belong: a password in argv, a URL or a word as CONFIG. */
#ifndef OPTIONS_TYPED_H
#define OPTIONS_TYPED_H

/* Overwrite in argv whatever may be a login. The operator may have no choice but to type one; `ps`
 * need not repeat it. */
void options_scrub(int argc, char **argv);

/* The CONFIGs as given (NULL-terminated, or NULL). NULL when each may be one, else a sentence that
 * says what was probably meant and holds no password; caller frees. Asks the file system: before
 * the main loop only. */
char *options_configs_wrong(const char *const *configs);

#endif
