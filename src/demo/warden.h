/* The warden: the child process that owns the demo's server, stand-ins and files, and takes them
 * all down when the leash ends. */
#ifndef DEMO_WARDEN_H
#define DEMO_WARDEN_H

/* Never returns. `leash_fd` reads end of file when the parent is gone. On `report_fd` goes one
 * line, "ready<TAB>URL<TAB>FOLDER" or "error<TAB>TEXT". To be called right after fork(), in a
 * process with one thread. */
void warden_run(int leash_fd, int report_fd) __attribute__((noreturn));

#endif
