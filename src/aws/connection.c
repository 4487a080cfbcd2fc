#include "aws/connection.h"

#include "kh/alloc.h"

enum kh_status kh_aws_pool_init(struct kh_aws_pool *pool, size_t body_limit, struct kh_error *error)
{
    pool->idle = NULL;
    pool->body_limit = body_limit;
    if (pthread_mutex_init(&pool->lock, NULL) != 0) {
        return kh_fail(error, KH_NO_MEMORY, "out of memory for a lock");
    }
    return KH_OK;
}

static void destroy(struct kh_aws_connection *connection)
{
    kh_http_client_destroy(connection->http);
    kh_arena_clean_up(&connection->scratch);
    kh_free(connection);
}

void kh_aws_pool_clean_up(struct kh_aws_pool *pool)
{
    while (pool->idle != NULL) {
        struct kh_aws_connection *connection = pool->idle;

        pool->idle = connection->next;
        destroy(connection);
    }
    pthread_mutex_destroy(&pool->lock);
}

static enum kh_status make(struct kh_aws_pool *pool, struct kh_error *error,
                           struct kh_aws_connection **out)
{
    struct kh_aws_connection *connection = kh_calloc(1, sizeof *connection);
    enum kh_status status;

    if (connection == NULL) {
        return kh_fail(error, KH_NO_MEMORY, "out of memory for a connection");
    }
    kh_arena_init(&connection->scratch);
    status = kh_http_client_new(pool->body_limit, error, &connection->http);
    if (status != KH_OK) {
        destroy(connection);
        return status;
    }
    *out = connection;
    return KH_OK;
}

enum kh_status kh_aws_pool_take(struct kh_aws_pool *pool, struct kh_error *error,
                                struct kh_aws_connection **out)
{
    struct kh_aws_connection *connection;

    pthread_mutex_lock(&pool->lock);
    connection = pool->idle;
    if (connection != NULL) {
        pool->idle = connection->next;
    }
    pthread_mutex_unlock(&pool->lock);
    if (connection == NULL) {
        return make(pool, error, out);
    }
    *out = connection;
    return KH_OK;
}

void kh_aws_pool_give_back(struct kh_aws_pool *pool, struct kh_aws_connection *connection)
{
    pthread_mutex_lock(&pool->lock);
    connection->next = pool->idle;
    pool->idle = connection;
    pthread_mutex_unlock(&pool->lock);
}
