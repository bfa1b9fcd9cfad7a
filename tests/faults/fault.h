/* One row a fault: what is broken, and what the program has to say of it. fault_main() sets each up
 * and runs the real program on it, once for a report and once as a dashboard in a terminal:
 *
 * - the report (JSON) and the ladder's window name the rung, the cause and the remedy, in time;
 * - the screen of 80x24 says so without a key pressed, and never that the link is up when it is
 * not;
 * - q leaves at once, whatever is being waited for (how soon, the bench measures).
 *
 * A row with a `strike` begins with all well, and the dashboard has to notice.
 *
 * In all texts of a row {folder} is the row's own folder, {server} the port of its server,
 * {monitor} that of its monitoring, {port} one where nothing listens until `conf` names it, {nkey}
 * the public key of the NKey and user with the key FAULT_KEY, and {operator} the configuration of a
 * server that knows that user's account (tests/support/jwt.h). */
#ifndef TESTS_FAULTS_FAULT_H
#define TESTS_FAULTS_FAULT_H

#include "base/state.h"
#include "tests/pty/pty.h"
#include "tests/support/fake.h"
#include "tests/support/moody.h"
#include "tests/support/server.h"

typedef enum FaultServers {
    FAULT_NO_SERVER, /* nothing of NATS in it: run once */
    FAULT_BOTH,      /* with Debian's nats-server, and with the newer one */
    FAULT_OLDER,
    FAULT_NEWER,
} FaultServers;

enum { FAULT_ARGS = 8, FAULT_KEY = 7, AT_ONCE_MS = 2000 };

typedef struct Fault Fault;

typedef struct FaultRow {
    const char *name;
    FaultServers servers;
    gboolean island;               /* in a network of its own: tests/support/island.h */
    void (*prepare)(Fault *fault); /* files and names, before a server starts; may be NULL */
    const char *conf;              /* of a real server; NULL: none */
    FakeTalk talk;                 /* of one that is none; NULL: none */
    void (*begin)(Fault *fault);   /* once the server is there; may be NULL */
    void (*strike)(Fault *fault);  /* once the dashboard is up; NULL: broken from the start */
    const char *url;
    const char *args[FAULT_ARGS];      /* more of the program's, NULL-terminated */
    const char *trust;                 /* $SSL_CERT_FILE; NULL: unset */
    const char *timeout;               /* --timeout; NULL: 5 */
    const char *rung;                  /* its word in the report */
    State state;                       /* of it; 0: it broke */
    const char *cause, *text, *remedy; /* the word; pieces of the sentence and of the command */
    const char *screen;                /* piece of the screen of 80x24; NULL: `text` */
    int most_ms;                       /* to the verdict; 0: AT_ONCE_MS */
    const char *change;                /* piece of the timeline after a strike; NULL: `text` */
    int times;                         /* reports in a row that must say it; 0: 1 */
    gboolean lean;                     /* processor and memory of the dashboard are looked at */
    gboolean stays_up; /* the session goes on though a rung of it would break today */
} FaultRow;

struct Fault {
    const FaultRow *row;
    char *folder;
    unsigned port;              /* {port} */
    TestServer *server, *other; /* `other` is made by `begin` */
    Fake *fake;
    Moody *moody; /* this one too */
    char *url;    /* NULL until it is known; `begin` may set it */
    Vt *vt;       /* while a `strike` runs */
    int held[8];
    int holds;
};

/* `text` with its places filled in. Caller frees; NULL for NULL. */
char *fault_fill(const Fault *fault, const char *text);

/* The screen holds `text`, at most `wait_ms` from now; line ends and frames count as one blank. */
gboolean fault_shows(Vt *vt, const char *text, int wait_ms);

/* A certificate in a new folder NAME of the row's: cert.pem and key.pem, see cert_make(). */
void fault_certify(const Fault *fault, const char *name, const char *names, int from_days,
                   int to_days);

/* Press q, and assert that it leaves in time, well, and with the terminal as it was found. */
void fault_quit(const char *name, Vt *vt);

/* A file of the row's folder; returns its path, caller frees. */
char *fault_write(const Fault *fault, const char *name, const char *text);

/* Keep a descriptor open as long as the fault. */
void fault_hold(Fault *fault, int fd);

/* Times under a sanitizer are several times as long. */
int fault_ms(int ms);

/* Run all rows as a suite of Check, as `main` does; $FAULT: only those whose name holds it. */
int fault_main(const char *suite, const FaultRow *rows, gsize count);

#endif
