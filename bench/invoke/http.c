#include "http.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

int http_listen(int *port)
{
    struct sockaddr_in address = { .sin_family = AF_INET,
                                   .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t length = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (listener < 0 || bind(listener, (struct sockaddr *)&address, sizeof address) != 0 ||
        listen(listener, 16) != 0 ||
        getsockname(listener, (struct sockaddr *)&address, &length) != 0) {
        return -1;
    }
    *port = ntohs(address.sin_port);
    return listener;
}

int http_accept(int listener)
{
    int client = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
    int on = 1;

    if (client >= 0) {
        (void)setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    }
    return client;
}

/* The value of a header, which is followed by the end of its line; NULL: it is not there. */
static const char *header(const char *head, const char *end, const char *name)
{
    size_t length = strlen(name);

    for (const char *line = head; line < end;) {
        const char *next = memmem(line, (size_t)(end - line), "\r\n", 2);

        if ((size_t)(end - line) > length && strncasecmp(line, name, length) == 0 &&
            line[length] == ':') {
            return line + length + 1 + strspn(line + length + 1, " ");
        }
        if (next == NULL) {
            break;
        }
        line = next + 2;
    }
    return NULL;
}

/* Whether all of the body has come that the head announces. */
static bool has_body(const char *head, const char *end_of_head, const char *end,
                     struct http_request *request)
{
    const char *length = header(head, end_of_head, "content-length");
    const char *encoding = header(head, end_of_head, "transfer-encoding");
    size_t have = (size_t)(end - end_of_head);

    request->body = (struct kh_str){ end_of_head, have };
    if (encoding != NULL && strncasecmp(encoding, "chunked", 7) == 0) {
        return have >= 5 && memcmp(end - 5, "0\r\n\r\n", 5) == 0;
    }
    return length == NULL || have >= strtoul(length, NULL, 10);
}

enum http_state http_read(struct http_connection *connection, struct http_request *request)
{
    size_t room = sizeof connection->bytes - 1 - connection->used;
    ssize_t got = read(connection->socket, connection->bytes + connection->used, room);
    const char *end_of_head;
    const char *end;

    if (got < 0 && errno == EINTR) {
        return HTTP_INCOMPLETE;
    }
    if (got <= 0) {
        close(connection->socket);
        connection->socket = -1;
        return HTTP_CLOSED;
    }
    connection->used += (size_t)got;
    end = connection->bytes + connection->used;
    connection->bytes[connection->used] = '\0';
    end_of_head = memmem(connection->bytes, connection->used, "\r\n\r\n", 4);
    if (end_of_head == NULL || !has_body(connection->bytes, end_of_head + 4, end, request)) {
        return HTTP_INCOMPLETE;
    }
    request->line = (struct kh_str){ connection->bytes, strcspn(connection->bytes, "\r") };
    return HTTP_COMPLETE;
}

void http_next(struct http_connection *connection)
{
    connection->used = 0;
}

bool http_write(int socket, struct kh_str head, struct kh_str body)
{
    struct iovec parts[] = { { (char *)head.data, head.length },
                             { (char *)body.data, body.length } };
    struct msghdr message = { .msg_iov = parts, .msg_iovlen = 2 };

    while (message.msg_iovlen > 0) {
        ssize_t sent = sendmsg(socket, &message, MSG_NOSIGNAL);

        if (sent < 0 && errno == EINTR) {
            continue;
        }
        if (sent < 0) {
            return false;
        }
        while (message.msg_iovlen > 0 && (size_t)sent >= message.msg_iov->iov_len) {
            sent -= (ssize_t)message.msg_iov->iov_len;
            message.msg_iov++;
            message.msg_iovlen--;
        }
        if (message.msg_iovlen > 0) {
            message.msg_iov->iov_base = (char *)message.msg_iov->iov_base + sent;
            message.msg_iov->iov_len -= (size_t)sent;
        }
    }
    return true;
}
