/*
 * When credentials are fetched, by whom, and what happens meanwhile; and that every allocation on the way
 * to an answer may fail. A server of the test's own gives credentials, one request after the other.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "aws/client.h"
#include "aws/credentials.h"
#include "failing_heap.h"
#include "http/http_client.h"
#include "kh/alloc.h"

#define MINUTE_MS (INT64_C(60) * 1000)
/* 2026-11-24T12:00:00Z */
#define NOON_MS INT64_C(1795521600000)
#define SECRET "CANARY-SECRET"

/* ---- A server ------------------------------------------------------------------------------ */

struct server {
    int listener;
    pthread_t thread;
    char url[64];
    pthread_mutex_t lock;
    unsigned requests;
    bool fails;          /* answers 400 from now on */
    bool blocks;         /* waits before the next answer until it may go on: */
    sem_t asked, go_on;  /* a request came; its answer may be sent */
    const char *expires; /* of the credentials it gives; their id counts the requests */
};

/* Whether a whole request came; they are small. */
static bool receive(int fd)
{
    char text[4096];
    size_t length = 0;
    ssize_t count = 1;

    while (count > 0 && length < sizeof text - 1) {
        count = recv(fd, text + length, sizeof text - 1 - length, 0);
        length += count > 0 ? (size_t)count : 0;
        text[length] = '\0';
        /* A POST of the client has the body {}. */
        if (length >= 4 && (strcmp(text + length - 4, "\r\n\r\n") == 0 ||
                            (text[0] == 'P' && strcmp(text + length - 2, "{}") == 0))) {
            return true;
        }
    }
    return false;
}

static void answer(struct server *server, int fd)
{
    char body[256];
    char text[512];
    bool blocks;
    int length;

    pthread_mutex_lock(&server->lock);
    server->requests++;
    blocks = server->blocks;
    server->blocks = false;
    length = snprintf(body, sizeof body,
                      "{\"AccessKeyId\":\"ID%u\",\"SecretAccessKey\":\"" SECRET
                      "\",\"Token\":\"T\\/%u\",\"Expiration\":\"%s\"}",
                      server->requests, server->requests, server->expires);
    length = snprintf(text, sizeof text,
                      "HTTP/1.1 %s\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s",
                      server->fails ? "400 Bad" : "200 OK", length, body);
    pthread_mutex_unlock(&server->lock);
    if (blocks) {
        sem_post(&server->asked);
        sem_wait(&server->go_on);
    }
    (void)!send(fd, text, (size_t)length, MSG_NOSIGNAL);
}

static void *serve(void *context)
{
    struct server *server = context;
    int fd;

    while ((fd = accept(server->listener, NULL, NULL)) >= 0) {
        if (receive(fd)) {
            answer(server, fd);
        }
        close(fd);
    }
    return NULL;
}

static void server_start(struct server *server)
{
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) } };
    socklen_t size = sizeof address;

    server->listener = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(bind(server->listener, (struct sockaddr *)&address, size), 0);
    assert_int_equal(listen(server->listener, 64), 0);
    assert_int_equal(getsockname(server->listener, (struct sockaddr *)&address, &size), 0);
    (void)snprintf(server->url, sizeof server->url, "http://127.0.0.1:%u/",
                   ntohs(address.sin_port));
    server->expires = "2026-11-24T13:00:00Z";
    pthread_mutex_init(&server->lock, NULL);
    sem_init(&server->asked, 0, 0);
    sem_init(&server->go_on, 0, 0);
    assert_int_equal(pthread_create(&server->thread, NULL, serve, server), 0);
}

static void server_stop(struct server *server)
{
    shutdown(server->listener, SHUT_RDWR);
    pthread_join(server->thread, NULL);
    close(server->listener);
    sem_destroy(&server->asked);
    sem_destroy(&server->go_on);
    pthread_mutex_destroy(&server->lock);
}

static void server_set(struct server *server, bool fails, bool blocks, const char *expires)
{
    pthread_mutex_lock(&server->lock);
    server->fails = fails;
    server->blocks = blocks;
    server->expires = expires;
    pthread_mutex_unlock(&server->lock);
}

static unsigned server_requests(struct server *server)
{
    unsigned requests;

    pthread_mutex_lock(&server->lock);
    requests = server->requests;
    pthread_mutex_unlock(&server->lock);
    return requests;
}

/* ---- Time ---------------------------------------------------------------------------------- */

struct world {
    pthread_mutex_t lock;
    int64_t now_ms;
};

static int64_t wall_ms(void *context)
{
    struct world *world = context;
    int64_t now_ms;

    pthread_mutex_lock(&world->lock);
    now_ms = world->now_ms;
    pthread_mutex_unlock(&world->lock);
    return now_ms;
}

static int64_t monotonic_ns(void *context)
{
    (void)context;
    return kh_clock_monotonic_ns(kh_clock_system());
}

static void pass(struct world *world, int64_t milliseconds)
{
    pthread_mutex_lock(&world->lock);
    world->now_ms += milliseconds;
    pthread_mutex_unlock(&world->lock);
}

static void sleep_ms(void *context, int64_t milliseconds)
{
    pass(context, milliseconds);
}

static double chance(void *context)
{
    (void)context;
    return 0.5;
}

/* ---- A provider ---------------------------------------------------------------------------- */

struct fixture {
    struct server server;
    struct world world;
    struct kh_clock clock;
    struct kh_aws_environment environment;
    struct kh_aws_provider *provider;
    struct kh_error error;
    struct kh_aws_timing timing;
};

static void clear_environment(void)
{
    static const char *const names[] = {
#define XX(name, text) text,
        KH_AWS_VARIABLE_MAP(XX)
#undef XX
    };

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        unsetenv(names[i]);
    }
}

static int set_up(void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);

    server_start(&fixture->server);
    pthread_mutex_init(&fixture->world.lock, NULL);
    fixture->world.now_ms = NOON_MS;
    fixture->clock = (struct kh_clock){ wall_ms, wall_ms, monotonic_ns, &fixture->world };
    fixture->timing = (struct kh_aws_timing){ &fixture->clock, sleep_ms, chance, &fixture->world };
    kh_error_clear(&fixture->error);
    clear_environment();
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;

    kh_aws_provider_destroy(fixture->provider);
    kh_aws_environment_clean_up(&fixture->environment);
    server_stop(&fixture->server);
    pthread_mutex_destroy(&fixture->world.lock);
    free(fixture);
    return 0;
}

/* With the environment as it is now. */
static void make_provider(struct fixture *fixture)
{
    struct kh_aws_provider_options options = { .environment = &fixture->environment,
                                               .container_base = fixture->server.url,
                                               .metadata_base = fixture->server.url,
                                               .timing = fixture->timing };

    assert_int_equal(kh_aws_environment_init(&fixture->environment, "dynamodb", &fixture->error),
                     KH_OK);
    assert_int_equal(kh_aws_provider_new(&options, &fixture->error, &fixture->provider), KH_OK);
}

static void make_container_provider(struct fixture *fixture)
{
    setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", fixture->server.url, 1);
    setenv("AWS_EC2_METADATA_DISABLED", "true", 1);
    make_provider(fixture);
}

static const struct kh_aws_credentials *get(struct fixture *fixture)
{
    const struct kh_aws_credentials *credentials = NULL;

    assert_int_equal(kh_aws_provider_get(fixture->provider, wall_ms(&fixture->world) + 60000,
                                         &fixture->error, &credentials),
                     KH_OK);
    return credentials;
}

/* The id of the credentials that are given out now. */
static void assert_given(struct fixture *fixture, const char *key_id)
{
    const struct kh_aws_credentials *credentials = get(fixture);

    assert_true(kh_str_equal(credentials->key_id, kh_str_from(key_id)));
    assert_true(kh_str_equal(credentials->secret, KH_STR(SECRET)));
    kh_aws_provider_release(fixture->provider, credentials);
}

static void assert_none(struct fixture *fixture, enum kh_status status)
{
    const struct kh_aws_credentials *credentials = NULL;
    struct kh_error error;

    kh_error_clear(&error);
    assert_int_equal(kh_aws_provider_get(fixture->provider, wall_ms(&fixture->world) + 60000,
                                         &error, &credentials),
                     status);
    assert_int_equal(error.status, status);
    assert_null(strstr(error.reason, "CANARY"));
}

static void *get_in_thread(void *context)
{
    struct fixture *fixture = context;
    const struct kh_aws_credentials *credentials = NULL;
    struct kh_error error;
    char *key_id = calloc(1, 16);

    kh_error_clear(&error);
    if (kh_aws_provider_get(fixture->provider, wall_ms(&fixture->world) + 60000, &error,
                            &credentials) == KH_OK) {
        memcpy(key_id, credentials->key_id.data, credentials->key_id.length);
        kh_aws_provider_release(fixture->provider, credentials);
    }
    return key_id;
}

static void assert_thread_got(pthread_t thread, const char *key_id)
{
    void *got = NULL;

    pthread_join(thread, &got);
    assert_string_equal(got, key_id);
    free(got);
}

/* ---- Where from ---------------------------------------------------------------------------- */

static void the_first_place_that_has_some_is_taken(void **state)
{
    struct fixture *fixture = *state;
    char path[] = "/tmp/kh-credentials-XXXXXX";
    static const char text[] =
        "[p]\naws_access_key_id = FILE\naws_secret_access_key = " SECRET "\n";
    int fd = mkstemp(path);

    assert_int_equal(write(fd, text, sizeof text - 1), sizeof text - 1);
    close(fd);
    setenv("AWS_ACCESS_KEY_ID", "ENV", 1);
    setenv("AWS_SECRET_ACCESS_KEY", SECRET, 1);
    setenv("AWS_SHARED_CREDENTIALS_FILE", path, 1);
    setenv("AWS_PROFILE", "p", 1);
    make_container_provider(fixture);
    assert_given(fixture, "ENV");
    kh_aws_provider_destroy(fixture->provider);
    kh_aws_environment_clean_up(&fixture->environment);
    unsetenv("AWS_ACCESS_KEY_ID");
    unsetenv("AWS_SECRET_ACCESS_KEY");
    make_provider(fixture);
    assert_given(fixture, "FILE");
    kh_aws_provider_destroy(fixture->provider);
    kh_aws_environment_clean_up(&fixture->environment);
    unsetenv("AWS_PROFILE");
    make_provider(fixture);
    assert_int_equal(server_requests(&fixture->server), 0);
    assert_given(fixture, "ID1");
    unlink(path);
}

/* ---- When ---------------------------------------------------------------------------------- */

static void fresh_credentials_are_kept(void **state)
{
    struct fixture *fixture = *state;

    make_container_provider(fixture);
    assert_given(fixture, "ID1");
    pass(&fixture->world, 45 * MINUTE_MS - 1);
    assert_given(fixture, "ID1");
    assert_int_equal(server_requests(&fixture->server), 1);
    pass(&fixture->world, 1);
    server_set(&fixture->server, false, false, "2026-11-24T14:00:00Z");
    assert_given(fixture, "ID2");
    assert_int_equal(server_requests(&fixture->server), 2);
}

static void one_thread_refreshes_while_the_others_use_the_old_ones(void **state)
{
    struct fixture *fixture = *state;
    pthread_t thread;

    make_container_provider(fixture);
    assert_given(fixture, "ID1");
    pass(&fixture->world, 46 * MINUTE_MS);
    server_set(&fixture->server, false, true, "2026-11-24T14:00:00Z");
    assert_int_equal(pthread_create(&thread, NULL, get_in_thread, fixture), 0);
    sem_wait(&fixture->server.asked);
    for (int i = 0; i < 10; i++) {
        assert_given(fixture, "ID1");
    }
    sem_post(&fixture->server.go_on);
    assert_thread_got(thread, "ID2");
    assert_given(fixture, "ID2");
    assert_int_equal(server_requests(&fixture->server), 2);
}

static void short_before_expiry_all_wait_for_the_new_ones(void **state)
{
    struct fixture *fixture = *state;
    pthread_t threads[8];

    make_container_provider(fixture);
    assert_given(fixture, "ID1");
    pass(&fixture->world, 51 * MINUTE_MS);
    server_set(&fixture->server, false, true, "2026-11-24T14:00:00Z");
    for (int i = 0; i < 8; i++) {
        assert_int_equal(pthread_create(&threads[i], NULL, get_in_thread, fixture), 0);
    }
    sem_wait(&fixture->server.asked);
    sem_post(&fixture->server.go_on);
    for (int i = 0; i < 8; i++) {
        assert_thread_got(threads[i], "ID2");
    }
    assert_int_equal(server_requests(&fixture->server), 2);
}

static void a_failed_refresh_is_tried_again_later(void **state)
{
    struct fixture *fixture = *state;

    make_container_provider(fixture);
    assert_given(fixture, "ID1");
    pass(&fixture->world, 55 * MINUTE_MS);
    server_set(&fixture->server, true, false, "");
    assert_given(fixture, "ID1");
    /* Three attempts; and none for the next ten seconds. */
    assert_int_equal(server_requests(&fixture->server), 4);
    pass(&fixture->world, 9000);
    assert_given(fixture, "ID1");
    assert_int_equal(server_requests(&fixture->server), 4);
    pass(&fixture->world, 1000);
    assert_given(fixture, "ID1");
    assert_int_equal(server_requests(&fixture->server), 7);
    pass(&fixture->world, 5 * MINUTE_MS);
    assert_none(fixture, KH_IO);
    server_set(&fixture->server, false, false, "2026-11-24T15:00:00Z");
    assert_given(fixture, "ID11");
}

static void refused_credentials_are_fetched_anew_and_stay_readable_for_who_has_them(void **state)
{
    struct fixture *fixture = *state;
    const struct kh_aws_credentials *old;

    make_container_provider(fixture);
    old = get(fixture);
    kh_aws_provider_refuse(fixture->provider, old);
    server_set(&fixture->server, true, false, "");
    assert_none(fixture, KH_IO);
    server_set(&fixture->server, false, false, "2026-11-24T13:00:00Z");
    assert_given(fixture, "ID5");
    /* Who is late with his refusal refuses nobody. */
    kh_aws_provider_refuse(fixture->provider, old);
    assert_given(fixture, "ID5");
    assert_true(kh_str_equal(old->token, KH_STR("T/1")));
    kh_aws_provider_release(fixture->provider, old);
}

/* ---- Waiting ------------------------------------------------------------------------------- */

static void a_caller_can_wait_as_long_as_a_throttled_call(void **state)
{
    struct fixture *fixture = *state;
    const struct kh_aws_options options = { .service = "dynamodb",
                                            .region = "eu-west-1",
                                            .timing = &fixture->timing };
    struct kh_aws_client *client;
    int64_t waited_ms = 0;

    assert_int_equal(kh_aws_client_new(&options, &fixture->error, &client), KH_OK);
    for (unsigned retry = 0; retry < 8; retry++) {
        int64_t bound_ms = INT64_C(1000) << retry;

        waited_ms += (bound_ms < 20000 ? bound_ms : 20000) / 2;
        assert_int_equal(
            kh_aws_client_back_off(client, retry, NOON_MS + waited_ms + 1, &fixture->error), KH_OK);
        assert_int_equal(wall_ms(&fixture->world), NOON_MS + waited_ms);
    }
    assert_int_equal(kh_aws_client_back_off(client, 0, NOON_MS + waited_ms + 500, &fixture->error),
                     KH_THROTTLED);
    assert_int_equal(wall_ms(&fixture->world), NOON_MS + waited_ms);
    kh_aws_client_destroy(client);
}

/* ---- Memory -------------------------------------------------------------------------------- */

/* A client, two calls, and all given back. */
static enum kh_status call_twice(struct fixture *fixture, struct kh_error *error)
{
    const struct kh_aws_options options = { .service = "dynamodb",
                                            .region = "eu-west-1",
                                            .endpoint = fixture->server.url,
                                            .max_attempts = 1,
                                            .timing = &fixture->timing };
    const struct kh_aws_request request = { .target = "DynamoDB_20120810.GetItem",
                                            .content_type = "application/x-amz-json-1.0",
                                            .body = KH_STR("{}"),
                                            .deadline_ms = NOON_MS + 60000 };
    struct kh_aws_client *client;
    struct kh_aws_answer got;
    struct kh_arena arena;
    enum kh_status status;

    KH_TRY(kh_aws_client_new(&options, error, &client));
    kh_arena_init(&arena);
    status = kh_aws_call(client, &request, &arena, error, &got);
    if (status == KH_OK) {
        status = kh_aws_call(client, &request, &arena, error, &got);
    }
    kh_arena_clean_up(&arena);
    kh_aws_client_destroy(client);
    return status;
}

static void every_allocation_may_fail(void **state)
{
    struct fixture *fixture = *state;
    size_t failures = 0;
    bool whole = false;

    setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", fixture->server.url, 1);
    failing_heap_use();
    for (int persistent = 0; persistent < 2; persistent++) {
        whole = false;
        for (size_t at = 1; !whole; at++) {
            struct kh_error error;
            enum kh_status status;

            failing_heap = (struct failing_heap){ .fail_at = at, .persistent = persistent == 1 };
            kh_error_clear(&error);
            status = call_twice(fixture, &error);
            whole = failing_heap.injected == 0;
            if (status == KH_OK || whole) {
                assert_int_equal(status, KH_OK);
            } else {
                assert_int_equal(error.status, status);
                assert_string_not_equal(error.reason, "");
            }
            assert_int_equal(failing_heap.live, 0);
            failures += failing_heap.injected;
            fixture->world.now_ms = NOON_MS;
        }
    }
    kh_allocator_set(NULL);
    assert_true(whole);
    assert_true(failures > 200);
}

static int init_http(void **state)
{
    struct kh_error error;

    (void)state;
    kh_error_clear(&error);
    return kh_http_global_init(&error) == KH_OK ? 0 : 1;
}

static int clean_up_http(void **state)
{
    (void)state;
    kh_http_global_clean_up();
    return 0;
}

int main(void)
{
    const struct CMUnitTest memory[] = {
        cmocka_unit_test_setup_teardown(every_allocation_may_fail, set_up, tear_down),
    };
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_first_place_that_has_some_is_taken, set_up, tear_down),
        cmocka_unit_test_setup_teardown(fresh_credentials_are_kept, set_up, tear_down),
        cmocka_unit_test_setup_teardown(one_thread_refreshes_while_the_others_use_the_old_ones,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(short_before_expiry_all_wait_for_the_new_ones, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_failed_refresh_is_tried_again_later, set_up, tear_down),
        cmocka_unit_test_setup_teardown(
            refused_credentials_are_fetched_anew_and_stay_readable_for_who_has_them, set_up,
            tear_down),
        cmocka_unit_test_setup_teardown(a_caller_can_wait_as_long_as_a_throttled_call, set_up,
                                        tear_down),
    };
    /* Before libcurl is given the usual heap. */
    int failed = cmocka_run_group_tests(memory, NULL, NULL);

    return failed + cmocka_run_group_tests(tests, init_http, clean_up_http);
}
