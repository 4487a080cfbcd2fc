/*
 * What is JSON and what is not (RFC 8259), class by class: documents that must be accepted, that
 * must be refused, and those where the RFC leaves the choice and ours is written down here. To skip
 * a value, quickly or not, to keep it raw and to skip it as an unknown member have to agree on all of
 * them.
 */
#include "json_text.h"

#include <stdio.h>

#include "text/json_internal.h"

#define DOC(literal) KH_STR_INIT(literal)

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static const struct kh_str accepted[] = {
    /* Scalars alone */
    DOC("null"),
    DOC("true"),
    DOC("false"),
    DOC("0"),
    DOC("42"),
    DOC("-1"),
    DOC("-0.1"),
    DOC("\"\""),
    DOC("\"asd\""),
    DOC("\"\\u0000\""),
    /* Blanks */
    DOC(" null"),
    DOC("null "),
    DOC("null\n"),
    DOC("\t\r\n null\t\r\n "),
    DOC(" [] "),
    DOC("[ ]"),
    DOC("[\n]"),
    DOC("{ }"),
    DOC("{\t}"),
    DOC("[1\n,2]"),
    DOC("[1 , 2]"),
    DOC("{\"a\" : 1}"),
    DOC("{ \"a\":1 }"),
    DOC("{\"a\":\r\n1\r\n,\"b\":2}"),
    DOC("\n\n\n\n\n\n\n\n\n\n\n\n[]"),
    DOC("                                                                        0"),
    /* Arrays */
    DOC("[]"),
    DOC("[[]]"),
    DOC("[[],[]]"),
    DOC("[[[[[[[[]]]]]]]]"),
    DOC("[null]"),
    DOC("[true,false,null]"),
    DOC("[1,2,3,4,5,6,7,8,9]"),
    DOC("[\"\"]"),
    DOC("[\"a\",\"b\"]"),
    DOC("[{},{}]"),
    DOC("[1,null,null,null,2]"),
    DOC("[1,\"1\",[1],{\"1\":1}]"),
    DOC("[1,1,1]"),
    /* Objects */
    DOC("{}"),
    DOC("{\"a\":1}"),
    DOC("{\"a\":1,\"b\":2}"),
    DOC("{\"\":0}"),
    DOC("{\"a\":[]}"),
    DOC("{\"a\":{}}"),
    DOC("{\"a\":{\"a\":{\"a\":{}}}}"),
    DOC("{\"a\":1,\"A\":2}"),
    DOC("{\"a\":1,\"aa\":2,\"aaa\":3}"),
    DOC("{\"a\\u0000\":1,\"a\":2}"),
    DOC("{\"\\u0000\":0}"),
    DOC("{\"a\":[{\"id\":\"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\"}],\"id\":\"x\"}"),
    DOC("{\"min\":-1.0e+28,\"max\":1.0e+28}"),
    DOC("{\"title\":\"\\u041f\\u043e\\u043b\"}"),
    DOC("{\"\xD0\x9F\xD0\xBE\":1}"),
    DOC("{\"a\":{\"x\":1},\"b\":{\"x\":1}}"),
    DOC("[{\"x\":1},{\"x\":1}]"),
    DOC("{\"a b\":1,\"a\\nb\":2}"),
    DOC("{\"a\":0,\"b\":0,\"c\":0,\"d\":0,\"e\":0,\"f\":0,\"g\":0,\"h\":0,\"i\":0,\"j\":0,\"k\":0,"
        "\"l\":0,\"m\":0,\"n\":0,\"o\":0,\"p\":0,\"q\":0,\"r\":0,\"s\":0,\"t\":0}"),
    DOC("{\"aaaaaaaab\":1,\"aaaaaaaac\":2,\"baaaaaaaa\":3,\"aaaaaaaa\":4,\"aaaaaaa\":5}"),
    /* Numbers */
    DOC("[-0]"),
    DOC("[0e1]"),
    DOC("[0e+1]"),
    DOC("[0E0]"),
    DOC("[-0e-0]"),
    DOC("[1e1]"),
    DOC("[1E22]"),
    DOC("[1E+2]"),
    DOC("[1E-2]"),
    DOC("[1e+2]"),
    DOC("[1e-2]"),
    DOC("[1.5]"),
    DOC("[1.50e7]"),
    DOC("[123.456e78]"),
    DOC("[123.456789]"),
    DOC("[0.0]"),
    DOC("[-0.0]"),
    DOC("[-123]"),
    DOC("[10]"),
    DOC("[100.001]"),
    DOC("[20e1]"),
    DOC("[1e007]"),
    DOC("[0.000e000]"),
    DOC("[-0.00000000000000000000000000000000000000000000000000000000000000000000000000001]"),
    DOC("[123456789012345678901234567890123456789012345678901234567890]"),
    DOC("[9223372036854775807,-9223372036854775808,18446744073709551615]"),
    /* Strings: plain text of every length around a machine word */
    DOC("\"1\""),
    DOC("\"12\""),
    DOC("\"123\""),
    DOC("\"1234\""),
    DOC("\"12345\""),
    DOC("\"123456\""),
    DOC("\"1234567\""),
    DOC("\"12345678\""),
    DOC("\"123456789\""),
    DOC("\"1234567890123456\""),
    DOC("\"12345678901234567\""),
    DOC("\" !#$%&'()*+,-./:;<=>?@[]^_`{|}~\""),
    DOC("\"\x7F\""),
    DOC("\"/\""),
    DOC("\"'\""),
    DOC("[\"//comment\"]"),
    DOC("[\"/* comment */\"]"),
    DOC("[\"[{]}\"]"),
    /* Strings: escapes */
    DOC("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\""),
    DOC("\"\\u0060\\u012a\\u12AB\""),
    DOC("\"\\u0012\""),
    DOC("\"\\\\u0000\""),
    DOC("\"\\\\n\""),
    DOC("\"\\\\\\\\\""),
    DOC("\"\\\"\""),
    DOC("\"\\uFFFF\""),
    DOC("\"\\u0022\""),
    DOC("\"\\u005C\""),
    DOC("\"\\u0000\\u0001\\u001f\""),
    DOC("\"\\uD7FF\\uE000\""),
    DOC("\"\\uABCD\\uabcd\\uAbCd\""),
    DOC("\"1234567\\n\""),
    DOC("\"12345678\\n\""),
    /* Strings: surrogate pairs and noncharacters */
    DOC("\"\\uD801\\uDC37\""),
    DOC("\"\\ud83d\\ude39\\ud83d\\udc8d\""),
    DOC("\"\\uD800\\uDC00\""),
    DOC("\"\\uDBFF\\uDFFF\""),
    DOC("\"\\uFDD0\\uFFFE\""),
    DOC("\"\\uD83F\\uDFFE\""),
    /* Strings: UTF-8, the first and last of each length */
    DOC("\"\xC2\x80\""),
    DOC("\"\xDF\xBF\""),
    DOC("\"\xE0\xA0\x80\""),
    DOC("\"\xED\x9F\xBF\""),
    DOC("\"\xEE\x80\x80\""),
    DOC("\"\xEF\xBF\xBF\""),
    DOC("\"\xF0\x90\x80\x80\""),
    DOC("\"\xF4\x8F\xBF\xBF\""),
    DOC("\"\xE2\x82\xAC\xF0\x9D\x84\x9E\""),
    DOC("\"\xE2\x80\xA8\""),
    DOC("\"\xE2\x80\xA9\""),
    DOC("\"\xEF\xBB\xBF\""),
    DOC("\"\xEF\xBF\xBD\""),
    DOC("\"\xC3\xA9"
        "a\xC3\xA9"
        "b\xC3\xA9\\n\xC3\xA9\""),
    DOC("\"1234567\xC3\xA9\""),
};

static const struct kh_str refused[] = {
    /* Nothing, or nothing that is a value */
    DOC(""),
    DOC(" "),
    DOC("\n"),
    DOC(","),
    DOC(":"),
    DOC("]"),
    DOC("}"),
    DOC("*"),
    DOC("<null>"),
    DOC("abc"),
    DOC("\\u0020null"),
    DOC("\0"),
    DOC(" \0"),
    DOC("'a'"),
    DOC("#"),
    DOC("&1"),
    /* More than one value, or more behind it */
    DOC("1 1"),
    DOC("[][]"),
    DOC("[]]"),
    DOC("{}}"),
    DOC("[1]x"),
    DOC("{}#"),
    DOC("{}//"),
    DOC("{}/**/"),
    DOC("null\0"),
    DOC("1\0"),
    DOC("\"a\"\"b\""),
    DOC("truefalse"),
    DOC("1,"),
    DOC("[1],"),
    DOC("{\"a\":true} \"x\""),
    DOC("2@"),
    DOC("\"\"x"),
    /* Blanks JSON does not have */
    DOC("[\f]"),
    DOC("[\v]"),
    DOC("\f1"),
    DOC("1\f"),
    DOC("[\xC2\xA0]"),
    DOC("\xE2\x80\x83null"),
    DOC("[\xE2\x81\xA0]"),
    DOC("[\b]"),
    DOC("[\x1F]"),
    DOC("\x7F"),
    DOC("[1\0,2]"),
    /* Literals */
    DOC("nul"),
    DOC("nulll"),
    DOC("tru"),
    DOC("truth"),
    DOC("fals"),
    DOC("falsy"),
    DOC("True"),
    DOC("TRUE"),
    DOC("Null"),
    DOC("[n]"),
    DOC("[nul]"),
    DOC("[t]"),
    DOC("undefined"),
    DOC("n"),
    DOC("none"),
    DOC("[tr ue]"),
    /* Arrays */
    DOC("["),
    DOC("[1"),
    DOC("[1,"),
    DOC("[,"),
    DOC("[,]"),
    DOC("[,1]"),
    DOC("[1,,2]"),
    DOC("[1,]"),
    DOC("[1,,]"),
    DOC("[\"\",]"),
    DOC("[1 2]"),
    DOC("[1 true]"),
    DOC("[\"a\" \"b\"]"),
    DOC("[1:2]"),
    DOC("[\"\": 1]"),
    DOC("[3[4]]"),
    DOC("[1}"),
    DOC("[*]"),
    DOC("[a"),
    DOC("[\"x\""),
    DOC("[[]"),
    DOC("[\"x\"]]"),
    DOC("[1,\n1\n,1"),
    DOC("[{}"),
    DOC("[\""),
    DOC("[x"),
    DOC("[\"a\",\n4\n,1,"),
    DOC("['a']"),
    DOC("[<null>]"),
    DOC("[}"),
    DOC("[1;2]"),
    DOC("[.]"),
    DOC("[...]"),
    /* Objects */
    DOC("{"),
    DOC("{\"a"),
    DOC("{\"a\""),
    DOC("{\"a\":"),
    DOC("{\"a\":1"),
    DOC("{\"a\":1,"),
    DOC("{,"),
    DOC("{,}"),
    DOC("{,\"a\":1}"),
    DOC("{\"a\":1,}"),
    DOC("{\"a\":1,,}"),
    DOC("{\"a\":1,,\"b\":2}"),
    DOC("{\"a\"}"),
    DOC("{\"a\":}"),
    DOC("{\"a\" 1}"),
    DOC("{\"a\"::1}"),
    DOC("{\"a\",1}"),
    DOC("{\"a\"=1}"),
    DOC("{\"a\"=>1}"),
    DOC("{a:1}"),
    DOC("{'a':1}"),
    DOC("{1:1}"),
    DOC("{9999E9999:1}"),
    DOC("{null:null}"),
    DOC("{[]:1}"),
    DOC("{:1}"),
    DOC("{\"a\":1 \"b\":2}"),
    DOC("{\"a\":\"b\""),
    DOC("{\"a\":\"b\"]"),
    DOC("{\"a\":\"b\" c}"),
    DOC("{\"a\":/*x*/1}"),
    DOC("{\"a\":1/**/}"),
    DOC("{\"a\":1}#"),
    DOC("{]"),
    DOC("{\"a\":1]"),
    DOC("{\"a\" b}"),
    DOC("{\"a\":true,\"b\"}"),
    DOC("{\"x\":1,\"y\"}"),
    DOC("{\"\\uD800\":1}"),
    DOC("{\"a\nb\":1}"),
    DOC("{\"x\"::\"b\"}"),
    DOC("{\"id\":0,,,,,}"),
    DOC("{\xF0\x9F\x87\xA8}"),
    /* Duplicate members */
    DOC("{\"a\":1,\"a\":1}"),
    DOC("{\"a\":1,\"a\":2}"),
    DOC("{\"a\":1,\"b\":2,\"a\":3}"),
    DOC("{\"\":1,\"\":2}"),
    DOC("{\"a\":1,\"\\u0061\":2}"),
    DOC("{\"\\u0061\":1,\"a\":2}"),
    DOC("{\"\\/\":1,\"/\":2}"),
    DOC("{\"\\n\":1,\"\\u000A\":2}"),
    DOC("[{\"a\":1,\"a\":1}]"),
    DOC("{\"a\":{\"b\":1,\"b\":2}}"),
    DOC("{\"x\":[[{\"y\":{\"b\":1,\"b\":2}}]]}"),
    DOC("{\"\xC3\xA9\":1,\"\\u00e9\":2}"),
    DOC("{\"\\uD83D\\uDE00\":1,\"\xF0\x9F\x98\x80\":2}"),
    DOC("{\"a\\u0000\":1,\"a\\u0000\":2}"),
    DOC("{\"aaaaaaaaaaaaaaaa\":1,\"aaaaaaaaaaaaaaaa\":2}"),
    DOC("{\"a\":{\"b\":1},\"a\":{\"c\":1}}"),
    DOC("{\"a\":0,\"b\":0,\"c\":0,\"d\":0,\"e\":0,\"f\":0,\"g\":0,\"h\":0,\"i\":0,\"j\":0,\"k\":0,"
        "\"l\":0,\"m\":0,\"n\":0,\"o\":0,\"p\":0,\"q\":0,\"r\":0,\"s\":0,\"a\":0}"),
    /* Numbers */
    DOC("-"),
    DOC("+"),
    DOC("+1"),
    DOC("++1"),
    DOC("--1"),
    DOC("-a"),
    DOC("- 1"),
    DOC("[-]"),
    DOC("[+1]"),
    DOC("[-1x]"),
    DOC("[01]"),
    DOC("[-01]"),
    DOC("[00]"),
    DOC("[012]"),
    DOC("[-012]"),
    DOC("[1.]"),
    DOC("[-2.]"),
    DOC("[.1]"),
    DOC("[-.1]"),
    DOC("[2.e3]"),
    DOC("[2.e+3]"),
    DOC("[0.e1]"),
    DOC("[1.e]"),
    DOC("[0.1.2]"),
    DOC("[1..2]"),
    DOC("[0e]"),
    DOC("[0e+]"),
    DOC("[0E]"),
    DOC("[0E+]"),
    DOC("[1.0e]"),
    DOC("[1.0e+]"),
    DOC("[1.0e-]"),
    DOC("[1eE2]"),
    DOC("[1e1.5]"),
    DOC("[1e+-2]"),
    DOC("[9.e+]"),
    DOC("[0.3e+]"),
    DOC("[1 000.0]"),
    DOC("[1_000]"),
    DOC("[1,000.0.0]"),
    DOC("[0x1]"),
    DOC("[0x42]"),
    DOC("[0b1]"),
    DOC("[0o7]"),
    DOC("[1a]"),
    DOC("[1-2]"),
    DOC("[1+2]"),
    DOC("[1ea]"),
    DOC("[NaN]"),
    DOC("[-NaN]"),
    DOC("[Inf]"),
    DOC("[+Inf]"),
    DOC("[-Infinity]"),
    DOC("[Infinity]"),
    DOC("[infinity]"),
    DOC("[1.8011670033376514H-308]"),
    DOC("[\xEF\xBC\x91]"),
    DOC("[-foo]"),
    DOC("[1\xE5]"),
    DOC("[1e1\xE5]"),
    DOC("[0\xE5]"),
    DOC("[1.2a-3]"),
    DOC("1e"),
    DOC("1."),
    DOC("-0."),
    DOC("[- 0]"),
    DOC("[1. 5]"),
    DOC("[1.5 e1]"),
    /* Strings */
    DOC("\""),
    DOC("\"a"),
    DOC("\"\\\""),
    DOC("\"\\"),
    DOC("[\"a"),
    DOC("[\"\\\"]"),
    DOC("[\"\\x00\"]"),
    DOC("\"\\a\""),
    DOC("\"\\0\""),
    DOC("\"\\'\""),
    DOC("\"\\ \""),
    DOC("\"\\U0041\""),
    DOC("\"\\u\""),
    DOC("\"\\u0\""),
    DOC("\"\\u00\""),
    DOC("\"\\u00A\""),
    DOC("\"\\u00Ag\""),
    DOC("\"\\u 041\""),
    DOC("\"\\u+041\""),
    DOC("\"\\u-041\""),
    DOC("\"\\u0x41\""),
    DOC("\"\\u00"),
    DOC("\"\\\0\""),
    DOC("\"\\\xF0\x9F\x8C\x80\""),
    DOC("[\\n]"),
    DOC("\"a\0b\""),
    DOC("\"\0\""),
    DOC("\"new\nline\""),
    DOC("\"a\tb\""),
    DOC("\"\x1F\""),
    DOC("\"\x01\""),
    DOC("\"\r\""),
    DOC("\"1234567\n\""),
    DOC("\"12345678\n\""),
    DOC("\"123456789012345\x1F\""),
    DOC("[\xC3\xA9]"),
    DOC("\"\\\\\\\""),
    DOC("\"\\u123\xC3\xA9\""),
};

/* Where RFC 8259 lets a reader choose. */
static const struct {
    struct kh_str text;
    enum kh_status status;
} chosen[] = {
    /* Numbers of any size are JSON; whether one fits is asked when it is read as a C type. */
    { DOC("[123.456e-789]"), KH_OK },
    { DOC("[0.4e006699999999999999999999999999999999999999999999999999999999999999]"), KH_OK },
    { DOC("[1.5e+9999]"), KH_OK },
    { DOC("[-1e+9999]"), KH_OK },
    { DOC("[1e400]"), KH_OK },
    { DOC("[-123123123123123123123123123123]"), KH_OK },
    { DOC("[100000000000000000000]"), KH_OK },
    { DOC("[123123e100000]"), KH_OK },
    { DOC("[1e-10000000000000000000000]"), KH_OK },
    /* A surrogate without its partner is no character. */
    { DOC("\"\\uDADA\""), KH_NOT_JSON },
    { DOC("\"\\uD888\\u1234\""), KH_NOT_JSON },
    { DOC("\"\\uD800\\n\""), KH_NOT_JSON },
    { DOC("\"\\uDD1E\\uD834\""), KH_NOT_JSON },
    { DOC("\"\\uD800\\uD800\\n\""), KH_NOT_JSON },
    { DOC("\"\\ud800abc\""), KH_NOT_JSON },
    { DOC("\"\\uDFAA\""), KH_NOT_JSON },
    { DOC("\"\\uD834\\u\""), KH_NOT_JSON },
    { DOC("\"\\uD834\\uDd\""), KH_NOT_JSON },
    { DOC("\"\\uD834"), KH_NOT_JSON },
    { DOC("{\"\\uDFAA\":0}"), KH_NOT_JSON },
    /* UTF-8 is checked. */
    { DOC("\"\xE0\xFF\""), KH_NOT_UTF8 },
    { DOC("\"\xE6\x97\xA5\xD1\x88\xFA\""), KH_NOT_UTF8 },
    { DOC("\"\xFF\""), KH_NOT_UTF8 },
    { DOC("\"\x80\""), KH_NOT_UTF8 },
    { DOC("\"\x81\""), KH_NOT_UTF8 },
    { DOC("\"\xBF\""), KH_NOT_UTF8 },
    { DOC("\"\xE9\""), KH_NOT_UTF8 },
    { DOC("\"\xC0\xAF\""), KH_NOT_UTF8 },
    { DOC("\"\xC1\xBF\""), KH_NOT_UTF8 },
    { DOC("\"\xE0\x80\xAF\""), KH_NOT_UTF8 },
    { DOC("\"\xE0\x9F\xBF\""), KH_NOT_UTF8 },
    { DOC("\"\xF0\x8F\xBF\xBF\""), KH_NOT_UTF8 },
    { DOC("\"\xFC\x80\x80\x80\x80\x80\""), KH_NOT_UTF8 },
    { DOC("\"\xF4\xBF\xBF\xBF\""), KH_NOT_UTF8 },
    { DOC("\"\xF4\x90\x80\x80\""), KH_NOT_UTF8 },
    { DOC("\"\xF5\x80\x80\x80\""), KH_NOT_UTF8 },
    { DOC("\"\xED\xA0\x80\""), KH_NOT_UTF8 },
    { DOC("\"\xED\xBF\xBF\""), KH_NOT_UTF8 },
    { DOC("\"\xC3\""), KH_NOT_UTF8 },
    { DOC("\"\xE2\x82\""), KH_NOT_UTF8 },
    { DOC("\"\xF0\x9F\x98\""), KH_NOT_UTF8 },
    { DOC("\"\xC3\xA9\xA9\""), KH_NOT_UTF8 },
    { DOC("\"\xC3"), KH_NOT_UTF8 },
    { DOC("{\"\xB9\":0}"), KH_NOT_UTF8 },
    { DOC("[\xFF]"), KH_NOT_UTF8 },
    /* No byte order mark, no UTF-16. */
    { DOC("\xEF\xBB\xBF{}"), KH_NOT_JSON },
    { DOC("\xEF\xBB\xBF"), KH_NOT_JSON },
    { DOC("\xFF\xFE[\0\"\0\"\0]\0"), KH_NOT_UTF8 },
    { DOC("\xFE\xFF\0[\0]"), KH_NOT_UTF8 },
    { DOC("\0[\0\"\0\xE9\0\"\0]"), KH_NOT_JSON },
    { DOC("[\0\"\0\xE9\0\"\0]\0"), KH_NOT_JSON },
};

static enum kh_status skip_all(struct json_text *t)
{
    KH_TRY(kh_json_skip(&t->in));
    return kh_json_end(&t->in);
}

static enum kh_status skip_all_exactly(struct json_text *t)
{
    KH_TRY(kh__json_skip_exactly(&t->in));
    return kh_json_end(&t->in);
}

static enum kh_status read_raw(struct json_text *t)
{
    struct kh_raw raw;

    KH_TRY(kh_json_read_raw(&t->in, &raw));
    assert_true(raw.text.data >= t->text.data);
    assert_true(raw.text.data + raw.text.length <= t->text.data + t->text.length);
    return kh_json_end(&t->in);
}

static enum kh_status skip_members(struct json_text *t)
{
    struct kh_json_object object;

    KH_TRY(kh_json_object_begin(&t->in, &object));
    while (kh_json_object_next(&t->in, &object)) {
        KH_TRY(kh_json_skip_member(&t->in, &object));
    }
    KH_TRY(kh_json_object_end(&t->in, &object, NULL, NULL, NULL, 0));
    return kh_json_end(&t->in);
}

static enum kh_status run(enum kh_status (*way)(struct json_text *), struct kh_str text,
                          char padding)
{
    struct json_text t;
    enum kh_status status;

    json_text_open_padded(&t, text, padding);
    status = way(&t);
    assert_int_equal(t.error.status, status);
    assert_true(t.error.offset <= text.length);
    assert_true((t.error.reason[0] != '\0') == (status != KH_OK));
    json_text_close(&t);
    return status;
}

/* The document as the value of an unknown member: {"unknown":...} */
static struct kh_str wrap(struct kh_str text, char *buffer)
{
    static const char before[] = "{\"unknown\":";
    size_t length = sizeof before - 1;

    memcpy(buffer, before, length);
    memcpy(buffer + length, text.data, text.length);
    length += text.length;
    buffer[length++] = '}';
    return (struct kh_str){ buffer, length };
}

/* All ways through a document, with paddings that could be taken for a part of it. */
static enum kh_status status_of(struct kh_str text)
{
    static const char paddings[] = { '"', '0', ' ', ']', '}', '\0', '\xA9', 'l', '\\' };
    char wrapped[1024];
    enum kh_status status = run(skip_all, text, paddings[0]);

    assert_true(text.length + 16 < sizeof wrapped);
    for (size_t i = 0; i < sizeof paddings; i++) {
        assert_int_equal(run(skip_all, text, paddings[i]), status);
        assert_int_equal(run(skip_all_exactly, text, paddings[i]), status);
        assert_int_equal(run(read_raw, text, paddings[i]), status);
        if (status == KH_OK || text.length > 0) {
            enum kh_status as_member = run(skip_members, wrap(text, wrapped), paddings[i]);

            /* Cut characters and strings go on in what follows, and may become another kind. */
            assert_int_equal(as_member == KH_OK, status == KH_OK);
        }
    }
    return status;
}

static void documents_that_are_json_are_accepted(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(accepted); i++) {
        if (status_of(accepted[i]) != KH_OK) {
            fail_msg("document %zu: %.*s", i, KH_STR_ARG(accepted[i]));
        }
    }
}

static void documents_that_are_not_json_are_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(refused); i++) {
        enum kh_status status = status_of(refused[i]);

        if (status != KH_NOT_JSON && status != KH_NOT_UTF8) {
            fail_msg("document %zu: %.*s: %s", i, KH_STR_ARG(refused[i]), kh_status_name(status));
        }
    }
}

static void free_choices_are_made_as_documented(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(chosen); i++) {
        enum kh_status status = status_of(chosen[i].text);

        if (status != chosen[i].status) {
            fail_msg("document %zu: %.*s: %s", i, KH_STR_ARG(chosen[i].text),
                     kh_status_name(status));
        }
    }
}

static void every_kind_of_document_is_there(void **state)
{
    (void)state;
    assert_true(COUNT(accepted) + COUNT(refused) + COUNT(chosen) >= 250);
}

/* Every byte in every place of a string: which are plain, and that nothing near by matters. */
static void each_byte_in_a_string_is_judged_alike_at_every_place(void **state)
{
    char text[24];

    (void)state;
    for (size_t length = 1; length <= 20; length++) {
        for (size_t place = 0; place < length; place++) {
            for (unsigned byte = 0; byte < 256; byte++) {
                bool plain = byte >= 0x20 && byte < 0x80 && byte != '"' && byte != '\\';

                text[0] = '"';
                memset(text + 1, 'x', length);
                text[1 + place] = (char)byte;
                text[1 + length] = '"';
                assert_int_equal(run(skip_all, (struct kh_str){ text, length + 2 }, 'x') == KH_OK,
                                 plain);
            }
        }
    }
}

static void nesting_is_allowed_up_to_the_limit(void **state)
{
    char text[2 * KH_JSON_MAX_DEPTH + 2];

    (void)state;
    memset(text, '[', KH_JSON_MAX_DEPTH);
    memset(text + KH_JSON_MAX_DEPTH, ']', KH_JSON_MAX_DEPTH);
    assert_int_equal(run(skip_all, (struct kh_str){ text, 2 * KH_JSON_MAX_DEPTH }, ' '), KH_OK);
    assert_int_equal(run(read_raw, (struct kh_str){ text, 2 * KH_JSON_MAX_DEPTH }, ' '), KH_OK);
    memset(text, '[', KH_JSON_MAX_DEPTH + 1);
    memset(text + KH_JSON_MAX_DEPTH + 1, ']', KH_JSON_MAX_DEPTH + 1);
    assert_int_equal(run(skip_all, (struct kh_str){ text, sizeof text }, ' '), KH_TOO_DEEP);
}

/* Readers and skipping count the same depth. */
static void the_limit_of_nesting_includes_what_is_read(void **state)
{
    char text[8 * KH_JSON_MAX_DEPTH];
    size_t length = 0;

    (void)state;
    for (int wanted = KH_JSON_MAX_DEPTH - 1; wanted <= KH_JSON_MAX_DEPTH; wanted++) {
        length = (size_t)sprintf(text, "{\"a\":");
        memset(text + length, '[', (size_t)wanted);
        length += (size_t)wanted;
        memset(text + length, ']', (size_t)wanted);
        length += (size_t)wanted;
        text[length++] = '}';
        assert_int_equal(run(skip_members, (struct kh_str){ text, length }, ' '),
                         wanted < KH_JSON_MAX_DEPTH ? KH_OK : KH_TOO_DEEP);
    }
}

static void endless_nesting_is_refused_without_recursion(void **state)
{
    static const char *const units[] = { "[", "{\"\":", "[{\"\":" };

    (void)state;
    for (size_t i = 0; i < COUNT(units); i++) {
        size_t unit = strlen(units[i]);
        size_t length = unit * 100000;
        char *text = malloc(length);

        assert_non_null(text);
        for (size_t at = 0; at < length; at++) {
            text[at] = units[i][at % unit];
        }
        assert_int_equal(run(skip_all, (struct kh_str){ text, length }, '['), KH_TOO_DEEP);
        assert_int_equal(run(read_raw, (struct kh_str){ text, length }, '['), KH_TOO_DEEP);
        free(text);
    }
}

static void a_string_may_be_a_mebibyte(void **state)
{
    static const struct kh_str units[] = { DOC("a"), DOC("\xE2\x82\xAC"), DOC("\\n"),
                                           DOC("\xF0\x9F\x98\x80"
                                               "abcdefg"),
                                           DOC("\\uD83D\\uDE00") };

    (void)state;
    for (size_t i = 0; i < COUNT(units); i++) {
        size_t count = (1U << 20) / units[i].length;
        size_t length = count * units[i].length;
        char *text = malloc(length + 2);

        assert_non_null(text);
        text[0] = '"';
        for (size_t at = 0; at < length; at++) {
            text[1 + at] = units[i].data[at % units[i].length];
        }
        text[1 + length] = '"';
        assert_int_equal(run(skip_all, (struct kh_str){ text, length + 2 }, 'a'), KH_OK);
        assert_int_not_equal(run(skip_all, (struct kh_str){ text, length + 1 }, '"'), KH_OK);
        free(text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(documents_that_are_json_are_accepted),
        cmocka_unit_test(documents_that_are_not_json_are_refused),
        cmocka_unit_test(free_choices_are_made_as_documented),
        cmocka_unit_test(every_kind_of_document_is_there),
        cmocka_unit_test(each_byte_in_a_string_is_judged_alike_at_every_place),
        cmocka_unit_test(nesting_is_allowed_up_to_the_limit),
        cmocka_unit_test(the_limit_of_nesting_includes_what_is_read),
        cmocka_unit_test(endless_nesting_is_refused_without_recursion),
        cmocka_unit_test(a_string_may_be_a_mebibyte),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
