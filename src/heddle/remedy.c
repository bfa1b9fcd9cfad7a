/* The remedies' texts. They are typed by someone who is tired, so `next` can be pasted as it is
 * filled in: a word that is not known is a variable ($NATS_URL) or a name in <angle brackets>. */
#include "heddle/remedy.h"

#include <string.h>

#define START_NATS   "nats-server -a {host} -p {port}   or: docker run -p {port}:4222 nats:latest"
#define START_ROUTER "heddle router --config configs/router_rules.yaml --nats-url {url}"
#define START_WORKER                                                                               \
    "heddle processor --config configs/workers/{name}.yaml --nats-url {url} --tier {tier}"
#define SHOW_CERT                                                                                  \
    "openssl s_client -connect {host}:{port} -starttls nats </dev/null"
