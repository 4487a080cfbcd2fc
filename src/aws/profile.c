/*
 * Lines of sections, `key = value` and comments. A line that is indented further than the key before it
 * belongs to that key's block (`s3 =`, and its settings below), and none of those is needed here.
 */
#include "aws/profile.h"

#include <strings.h>

#include "text/lines.h"

struct parser {
    struct kh_str name;
    bool is_config;
    bool wanted;     /* in the section of that name */
    bool has_key;    /* a key came in this section, */
    size_t indented; /* so far */
    struct kh_aws_profile *out;
};

static struct kh_str without_quotes(struct kh_str text)
{
    if (text.length >= 2 && (text.data[0] == '"' || text.data[0] == '\'') &&
        text.data[text.length - 1] == text.data[0]) {
        return (struct kh_str){ text.data + 1, text.length - 2 };
    }
    return text;
}

/* Whether [title] is the section that is looked for. */
static bool is_wanted(const struct parser *parser, struct kh_str title)
{
    static const struct kh_str prefix = KH_STR_INIT("profile");

    title = kh__trim(title);
    if (!parser->is_config || kh_str_equal(title, KH_STR("default"))) {
        return kh_str_equal(without_quotes(title), parser->name);
    }
    if (title.length <= prefix.length || memcmp(title.data, prefix.data, prefix.length) != 0 ||
        !kh__is_blank(title.data[prefix.length])) {
        return false;
    }
    return kh_str_equal(without_quotes(kh__trim(kh__from(title, prefix.length))), parser->name);
}

static void begin_section(struct parser *parser, struct kh_str line)
{
    const char *end = memchr(line.data, ']', line.length);

    parser->has_key = false;
    parser->wanted =
        end != NULL &&
        is_wanted(parser, (struct kh_str){ line.data + 1, (size_t)(end - line.data) - 1 });
    parser->out->found = parser->out->found || parser->wanted;
}

static bool is_key(struct kh_str key, const char *name)
{
    return key.length == strlen(name) && strncasecmp(key.data, name, key.length) == 0;
}

static void take_key(struct kh_aws_profile *out, struct kh_str key, struct kh_str value)
{
    static const char *const other_ways[] = { "credential_process", "role_arn",
                                              "web_identity_token_file", "sso_session",
                                              "sso_start_url" };

    if (is_key(key, "aws_access_key_id")) {
        out->key_id = value;
    } else if (is_key(key, "aws_secret_access_key")) {
        out->secret = value;
    } else if (is_key(key, "aws_session_token")) {
        out->token = value;
    } else if (is_key(key, "region")) {
        out->region = value;
    } else if (is_key(key, "endpoint_url")) {
        out->endpoint_url = value;
    }
    for (size_t i = 0; i < sizeof other_ways / sizeof other_ways[0]; i++) {
        if (is_key(key, other_ways[i])) {
            out->other_way = other_ways[i];
        }
    }
}

static void take(struct parser *parser, struct kh_str line)
{
    struct kh_str text = kh__trim(line);
    size_t indented = text.length == 0 ? 0 : (size_t)(text.data - line.data);
    const char *equals;

    if (text.length == 0 || text.data[0] == '#' || text.data[0] == ';') {
        return;
    }
    if (parser->has_key && indented > parser->indented) {
        return;
    }
    if (text.data[0] == '[') {
        begin_section(parser, text);
        return;
    }
    equals = memchr(text.data, '=', text.length);
    if (equals == NULL) {
        return;
    }
    parser->has_key = true;
    parser->indented = indented;
    if (parser->wanted) {
        size_t at = (size_t)(equals - text.data);

        take_key(parser->out, kh__trim((struct kh_str){ text.data, at }),
                 kh__trim(kh__from(text, at + 1)));
    }
}

void kh_aws_profile_parse(struct kh_str text, struct kh_str name, bool is_config,
                          struct kh_aws_profile *out)
{
    struct parser parser = { .name = name, .is_config = is_config, .out = out };

    while (text.length > 0) {
        take(&parser, kh__take_line(&text));
    }
}
