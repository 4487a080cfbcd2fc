/* As much of an HTTP/1.1 server as the clients of the Runtime API need: keep-alive, small requests. */
#ifndef BENCH_HTTP_H
#define BENCH_HTTP_H

#include <stdbool.h>
#include <stddef.h>

#include "kh/str.h"

struct http_connection {
    int socket; /* -1: closed */
    size_t used;
    char bytes[64 * 1024];
};

struct http_request {
    struct kh_str line; /* GET /path HTTP/1.1 */
    struct kh_str body; /* as it was sent: chunks are not put together */
};

enum http_state { HTTP_INCOMPLETE, HTTP_COMPLETE, HTTP_CLOSED };

/* A socket that listens on a free port of the loopback interface, or -1. */
int http_listen(int *port);

/* The next client, or -1. */
int http_accept(int listener);

/* Reads what has come. The request lives until http_next. HTTP_CLOSED as well when it is too large. */
enum http_state http_read(struct http_connection *connection, struct http_request *request);

/* Forgets the request that was read. */
void http_next(struct http_connection *connection);

/* Writes all of head and body; false: the client has gone. */
bool http_write(int socket, struct kh_str head, struct kh_str body);

#endif
