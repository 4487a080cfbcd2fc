/*
 * Reads lines "TYPE<tab>JSON" and prints for each what the generated code makes of it: the text
 * written again, or the keyword that is violated and where. Events and entities go by their names,
 * "envelope" prints what the runtime is told of it.
 */
#include <stdio.h>
#include <stdlib.h>

#include "kh/entity.h"
#include "service.h"

static char line[1 << 20];
static char padded[(1 << 20) + KH_PADDING];

static struct kh_arena arena;
static struct kh_error error;

static void *room(size_t size)
{
    void *memory = kh_arena_alloc(&arena, size);

    if (memory == NULL) {
        exit(2);
    }
    return memset(memory, 0, size);
}

static enum kh_status print_envelope(struct kh_json *in)
{
    struct kh_event event;

    KH_TRY(service.read_envelope(in, room(service.envelope_size), &event));
    printf("id %.*s type %.*s key %.*s payload %.*s%s at %s", KH_STR_ARG(event.id),
           KH_STR_ARG(event.type), KH_STR_ARG(event.key), KH_STR_ARG(event.payload),
           event.has_payload ? "" : "(none)", event.payload_pointer);
    return KH_OK;
}

/* The handlers of the test print the event they are given. */
static enum kh_status print_event(struct kh_json *in, const struct kh_route *route)
{
    void *event = room(route->event_size);

    KH_TRY(route->read(in, event));
    return route->handle(NULL, NULL, event);
}

/* Entities are copied field by field before they are written, as stores do. */
static enum kh_status print_entity(struct kh_json *in, const struct kh_entity *entity)
{
    struct kh_json_writer writer;
    void *value = room(entity->codec->size);
    void *copy = room(entity->codec->size);

    kh_json_writer_init(&writer);
    KH_TRY(entity->codec->read(in, value));
    KH_TRY(kh_entity_copy(entity, value, NULL, &arena, copy));
    KH_TRY(entity->codec->write(&writer, copy));
    printf("%.*s", KH_STR_ARG(kh_json_writer_text(&writer)));
    kh_json_writer_clean_up(&writer);
    return KH_OK;
}

static enum kh_status print(struct kh_str type, struct kh_json *in)
{
    if (kh_str_equal(type, KH_STR("envelope"))) {
        return print_envelope(in);
    }
    for (size_t i = 0; i < service.entity_count; i++) {
        if (kh_str_equal(type, service.entities[i]->name)) {
            return print_entity(in, service.entities[i]);
        }
    }
    for (size_t i = 0; i < service.route_count; i++) {
        if (kh_str_equal(type, service.routes[i].type)) {
            return print_event(in, &service.routes[i]);
        }
    }
    return kh_fail(&error, KH_NO_ROUTE, "no such type");
}

int main(void)
{
    while (fgets(line, sizeof line, stdin) != NULL) {
        struct kh_json in;
        char *tab = strchr(line, '\t');
        size_t length;

        if (tab == NULL) {
            return 2;
        }
        *tab = '\0';
        length = strcspn(tab + 1, "\n");
        memcpy(padded, tab + 1, length);
        memset(padded + length, 0, KH_PADDING);
        kh_arena_init(&arena);
        kh_error_clear(&error);
        kh_json_init(&in, (struct kh_str){ padded, length }, &arena, &error);
        if (print(kh_str_from(line), &in) != KH_OK) {
            printf("%s at %zu", error.keyword[0] ? error.keyword : kh_status_name(error.status),
                   error.offset);
        }
        printf("\n");
        kh_arena_clean_up(&arena);
    }
    return 0;
}
