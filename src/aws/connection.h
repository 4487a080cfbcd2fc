/* Kept connections, one for each call in progress. */
#ifndef KH_AWS_CONNECTION_H
#define KH_AWS_CONNECTION_H

#include <pthread.h>

#include "http/http_client.h"
#include "kh/arena.h"

struct kh_aws_connection {
    struct kh_aws_connection *next; /* while nobody has it */
    struct kh_http_client *http;
    struct kh_arena scratch; /* for one attempt */
};

struct kh_aws_pool {
    pthread_mutex_t lock;
    struct kh_aws_connection *idle; /* the one used last is the first */
    size_t body_limit;              /* of an answer */
};

enum kh_status kh_aws_pool_init(struct kh_aws_pool *pool, size_t body_limit,
                                struct kh_error *error) KH_MUST_USE;
/* When all connections are back. */
void kh_aws_pool_clean_up(struct kh_aws_pool *pool);

/* One that nobody has, or a new one. KH_NO_MEMORY. */
enum kh_status kh_aws_pool_take(struct kh_aws_pool *pool, struct kh_error *error,
                                struct kh_aws_connection **out) KH_MUST_USE;
void kh_aws_pool_give_back(struct kh_aws_pool *pool, struct kh_aws_connection *connection);

#endif
