"""The generated C: as expected, stable under small changes, compiled without a warning, and right."""

import concurrent.futures
import dataclasses
import difflib
import json
import os
import pathlib
import platform
import shutil
import subprocess
import tempfile
import unittest
from collections.abc import Callable

from codegen import emit, front, names
from codegen.model import (
    Array, Enum, EnumValue, Location, Member, Model, NamedType, Object, Doc, Ref, String, Use,
)
from codegen.view import text

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
SAMPLE = ROOT / "schema"
RICH = HERE / "emit/rich/schema"
EXPECTED = HERE / "emit/rich/expected"
MESSAGES = ROOT / "tests/messages/schema"
# Files as they were looked at, by the schemas that they are made from.
GOLDENS = {RICH: EXPECTED, MESSAGES: HERE / "emit/messages/expected"}
ACCEPT = os.environ.get("KH_ACCEPT") == "1"
WARNINGS = ["-Wall", "-Wextra", "-Wconversion", "-Wshadow", "-Wpedantic", "-Werror"]


def read(directory: pathlib.Path) -> Model:
    model, problems = front.read(str(directory))
    if model is None or problems:
        raise AssertionError("\n".join(map(str, problems)))
    return model


def planned(directory: pathlib.Path) -> dict[str, str]:
    return emit.plan(read(directory))


def write(directory: pathlib.Path, files: dict[str, str]) -> None:
    for path, content in files.items():
        target = directory / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(content, encoding="utf-8")


def run_all(commands: list[list[str]]) -> str:
    """What the commands print, one after the other; they run side by side."""

    def run(command: list[str]) -> str:
        return subprocess.run(command, capture_output=True, encoding="utf-8", check=False).stderr

    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        return "".join(pool.map(run, commands))


class Goldens(unittest.TestCase):
    """Files of services that have everything. KH_ACCEPT=1 takes what comes out now."""

    maxDiff = None

    def test_files_are_as_expected(self) -> None:
        for schema, expected in GOLDENS.items():
            files = planned(schema)
            goldens = sorted(expected.rglob("*.expected"))
            self.assertGreater(len(goldens), 10)
            for golden in goldens:
                path = str(golden.relative_to(expected)).removesuffix(".expected")
                with self.subTest(path):
                    if ACCEPT:
                        golden.write_text(files[path], encoding="utf-8")
                    self.assertEqual(golden.read_text(encoding="utf-8"), files[path])

    def test_the_same_model_gives_the_same_files(self) -> None:
        self.assertEqual(list(planned(RICH).items()), list(planned(RICH).items()))

    def test_no_file_tells_where_it_was_made(self) -> None:
        for path, content in planned(RICH).items():
            self.assertNotIn(str(ROOT), content, path)

    def test_lines_are_short_and_end_well(self) -> None:
        for directory in (SAMPLE, RICH, MESSAGES):
            for path, content in planned(directory).items():
                self.assertTrue(content.endswith("\n") and not content.endswith("\n\n"), path)
                for line in content.splitlines() if not path.startswith("tests/") else []:
                    self.assertEqual(line.rstrip(), line, path)
                    self.assertLessEqual(len(line), text.COLUMNS, f"{path}: {line}")


class SmallChanges(unittest.TestCase):
    """Editing a schema changes what has to do with the edit, and nothing else."""

    def difference(self, edit: Callable[[pathlib.Path], None]) -> dict[str, list[str]]:
        """The changed lines (+ and -) of each file below the generated tests, by path."""
        with tempfile.TemporaryDirectory() as temporary:
            schema = pathlib.Path(temporary) / "schema"
            shutil.copytree(SAMPLE, schema)
            before = planned(schema)
            edit(schema)
            after = planned(schema)
        changed = {}
        for path in sorted(before.keys() | after.keys()):
            old, new = before.get(path, "").splitlines(), after.get(path, "").splitlines()
            lines = [line for line in difflib.unified_diff(old, new, n=0, lineterm="")
                     if line[0] in "+-" and not line.startswith(("+++", "---"))]
            if lines and not path.startswith("tests/"):
                changed[path] = lines
        return changed

    def test_one_more_optional_member_is_a_few_more_lines(self) -> None:
        def edit(schema: pathlib.Path) -> None:
            path = schema / "events/user_limit_created.schema.json"
            event = json.loads(path.read_text())
            properties = event["properties"]
            event["properties"] = {
                name: properties[name] if name in properties
                else {"type": "string", "x-proto-field": 15}
                for name in sorted([*properties, "note"])
            }
            path.write_text(json.dumps(event))

        changed = self.difference(edit)
        self.assertEqual(
            ["events/user_limit_created.c", "events/user_limit_created.h",
             "proto/user_limits/events/user_limit_created.proto"], list(changed))
        for path, lines in changed.items():
            # How many fields there are, and the largest number, are in one line each.
            self.assertLessEqual(len([line for line in lines if line.startswith("-")]), 2, path)
            self.assertLessEqual(len(lines), 26, path)

    def test_one_more_event_adds_files_and_lines(self) -> None:
        def edit(schema: pathlib.Path) -> None:
            path = schema / "events/user_limit_reset.schema.json"
            event = path.read_text().replace("USER_LIMIT_RESET", "USER_LIMIT_MOVED")
            path.with_name("user_limit_moved.schema.json").write_text(
                event.replace("user_limit_reset", "user_limit_moved"))

        changed = self.difference(edit)
        self.assertEqual(
            ["events/user_limit_moved.c", "events/user_limit_moved.h", "handlers.h",
             "handlers/on_user_limit_moved.h", "proto/user_limits/events/user_limit_moved.proto", "service.c",
             "sources.cmake"],
            list(changed))
        for path, lines in changed.items():
            self.assertEqual([], [line for line in lines if line.startswith("-")], path)

    def test_one_more_enum_value_adds_lines(self) -> None:
        def edit(schema: pathlib.Path) -> None:
            path = schema / "types/limit_status.schema.json"
            path.write_text(path.read_text().replace('"IN_COOLDOWN"\n', '"IN_COOLDOWN", "LATE"\n'))

        changed = self.difference(edit)
        self.assertEqual(["proto/user_limits/types/limit_status.proto", "types/limit_status.c",
                          "types/limit_status.h"], list(changed))
        for lines in changed.values():
            self.assertEqual([], [line for line in lines if line.startswith("-")])


class Handlers(unittest.TestCase):
    def test_a_handlers_header_has_what_its_event_and_entity_hold_and_no_other_event(self) -> None:
        with tempfile.TemporaryDirectory() as temporary:
            out = pathlib.Path(temporary)
            model = read(RICH)
            write(out, emit.plan(model))
            c_names = names.Names(model)
            for event in model.events:
                name = c_names.type(event.name)
                text = (out / f"handlers/on_{name}.h").read_text()
                included = [line for line in text.splitlines() if '#include "events/' in line]
                self.assertEqual([f'#include "events/{name}.h"'], included)
                # The whole of each struct, also of those that are held by pointer.
                (out / f"{name}.c").write_text(
                    f'#include "handlers/on_{name}.h"\n'
                    f"size_t size_of_{name}(void);\n"
                    f"size_t size_of_{name}(void)\n{{\n"
                    f"    return sizeof(struct {name}) + sizeof(struct settings)"
                    f"{' + sizeof(struct node)' if name == 'nested' else ''};\n}}\n")
            output = run_all([
                ["gcc", "-std=c11", *WARNINGS, "-fsyntax-only", f"-I{ROOT}/include", f"-I{out}",
                 str(out / f"{c_names.type(event.name)}.c")]
                for event in model.events
            ])
        self.assertEqual("", output)
        self.assertIn("nested", {event.name for event in model.events})


class Compiled(unittest.TestCase):
    def compiles(self, compiler: str, directory: pathlib.Path) -> None:
        if shutil.which(compiler) is None:
            self.skipTest(f"{compiler} is not installed")
        with tempfile.TemporaryDirectory() as temporary:
            out = pathlib.Path(temporary)
            write(out, planned(directory))
            sources = [path for path in out.rglob("*.[ch]") if "tests" not in path.parts]
            output = run_all([
                [compiler, "-std=c11", *WARNINGS, "-x", "c", "-fsyntax-only", f"-I{ROOT}/include",
                 f"-I{out}", "-Wno-pragma-once-outside-header", "-Wno-unused-function", str(path)]
                for path in sources
            ])
            self.assertGreater(len(sources), 20)
        self.assertEqual("", output)

    def test_gcc_has_nothing_to_say_of_the_sample(self) -> None:
        self.compiles("gcc", SAMPLE)

    def test_clang_has_nothing_to_say_of_the_sample(self) -> None:
        self.compiles("clang", SAMPLE)

    def test_gcc_has_nothing_to_say_of_the_rich_service(self) -> None:
        self.compiles("gcc", RICH)

    def test_clang_has_nothing_to_say_of_the_rich_service(self) -> None:
        self.compiles("clang", RICH)

    def test_clang_has_nothing_to_say_of_a_service_of_messages(self) -> None:
        self.compiles("clang", MESSAGES)


def handlers(model: Model) -> str:
    """Handlers of the rich service that print the event they are given."""
    made = ['#include <stdio.h>\n#include "handlers.h"\n']
    for event in model.events:
        name = names.Names(model).type(event.name)
        made.append(f"""
enum kh_status on_{name}(struct kh_context *ctx, const struct envelope *envelope,
                         const struct {name} *event)
{{
    struct kh_json_writer out;

    (void)ctx;
    (void)envelope;
    kh_json_writer_init(&out);
    KH_TRY({name}_write(&out, event));
    printf("%.*s", KH_STR_ARG(kh_json_writer_text(&out)));
    kh_json_writer_clean_up(&out);
    return KH_OK;
}}
""")
    return "".join(made)


def flags_of(source: pathlib.Path) -> list[str]:
    """What CMakeLists.txt sets for this file alone."""
    vectors = source.name == "vector_avx2.c" and platform.machine() == "x86_64"
    return ["-mavx2", "-mbmi", "-mbmi2"] if vectors else []


class RoundTrips(unittest.TestCase):
    """The rich service, linked with the runtime, on texts."""

    @classmethod
    def setUpClass(cls) -> None:
        cls.temporary = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.temporary.cleanup)
        out = pathlib.Path(cls.temporary.name)
        model = read(RICH)
        write(out, emit.plan(model) | {"handlers.c": handlers(model)})
        kinds = ("base/*.c", "text/*.c", "proto/*.c", "model/*.c", "store/memory*.c", "flow/*.c")
        sources = [path for kind in kinds for path in (ROOT / "src").glob(kind)
                   if path.name != "delivery.c"]  # it opens records, with libraries of its own
        sources += [path for path in out.rglob("*.c")
                    if "tests" not in path.parts and path.name != "main.c"]
        sources.append(HERE / "emit/round_trip.c")
        objects = [str(out / f"{number}.o") for number in range(len(sources))]
        flags = ["-std=c11", "-D_GNU_SOURCE", "-fsanitize=address,undefined",
                 "-fno-sanitize-recover=all", f"-I{ROOT}/include", f"-I{ROOT}/src", f"-I{out}"]
        output = run_all([
            ["gcc", *flags, *flags_of(source), "-c", str(source), "-o", target]
            for source, target in zip(sources, objects)
        ])
        cls.program = str(out / "round_trip")
        output += run_all([["gcc", *flags, *objects, "-lpcre2-8", "-lcjson", "-lpthread", "-lm",
                            "-o", cls.program]])
        if output:
            raise AssertionError(output)

    def answers(self, *lines: str) -> list[str]:
        done = subprocess.run([self.program], input="".join(f"{line}\n" for line in lines),
                              capture_output=True, encoding="utf-8", check=False)
        self.assertEqual("", done.stderr)
        return done.stdout.splitlines()

    def comes_back(self, kind: str, value: str) -> None:
        self.assertEqual([value], self.answers(f"{kind}\t{value}"))

    def test_nulls_and_absence_are_told_apart(self) -> None:
        self.comes_back("nulls", '{"must":null,"flag":null}')
        self.comes_back(
            "nulls",
            '{"text":null,"must":5,"flag":false,"colour":"deep-blue","list":["a",null,""],'
            '"grid":[[1,null],null,[]],"inner":{"at":null},"node":{"value":1},"free":null}')

    def test_absent_members_with_a_default_are_filled_in(self) -> None:
        self.assertEqual(
            {"text": 'a "word"', "count": -7, "large": 5000000000, "unsigned": 2**64 - 1,
             "ratio": 2, "tiny": 1e-7, "on": True, "price": "1.50", "at": "2026-01-01T00:00:00Z",
             "colour": "deep-blue", "label": "é", "any": "x"},
            json.loads(self.answers("defaults\t{}")[0]))
        self.assertIn('"count":0', self.answers('defaults\t{"count":0}')[0])

    def test_trees_unions_and_arrays_of_arrays(self) -> None:
        circle = '{"kind":"circle","radius":2.5}'
        square = '{"kind":"the square","side":"1.50"}'
        group = f'{{"kind":"kind","first":{circle},"rest":[{square},{circle}]}}'
        self.comes_back("nested", (
            '{"id":"a","line":7,"order":{"lines":[{"sku":"s","state":"<=","deep":{"x":1}},'
            '{"sku":""}]},"shape":' + group + ',"tree":{"value":1,"left":{"value":2,"children":'
            '[{"value":3},{"value":4,"maybes":[null,{"value":5}],"shape":' + circle + '}]}},'
            '"matrix":[[[0,1],[]],[[5]]],"anything":[null, 1],"list":[],"labels":["é"]}'))

    def test_the_discriminator_may_come_last(self) -> None:
        self.assertIn(
            '"shape":{"kind":"the square","side":"1.5"}',
            self.answers('nested\t{"id":"a","line":7,"order":{"lines":[]},'
                         '"shape":{"side":"1.5","kind":"the square"}}')[0])

    def test_entities_survive_a_copy_by_fields(self) -> None:
        self.comes_back("thing", (
            '{"id":"a","limit":1,"colour":"red","at":"2026-01-01T00:00:00.5+01:00","name":"n",'
            '"maybe":null,"on":true,"ratio":0.5,"big":18446744073709551615,"price":"-0.50",'
            '"small":4,"shape":{"kind":"circle","radius":1},"tree":{"value":1,"right":{"value":2}},'
            '"forest":[{"value":3}],"matrix":[[[]]],"tags":["x","y"],"any":{"a":[1]},'
            '"inner":{"x":1}}'))
        self.comes_back("thing", '{"id":"a","limit":1,"colour":"red","at":"2026-01-01T00:00:00Z",'
                                 '"small":3,"tags":null}')

    def test_odd_names_come_back(self) -> None:
        self.comes_back('odd "names"', '{"int":true,"__proto__":false,"":true,"line\\nbreak":true}')
        self.assertEqual(["additionalProperties at 6"], self.answers('odd "names"\t{"no":1}'))

    def test_more_members_than_a_word_has_bits(self) -> None:
        self.comes_back("wide", '{"m0":1,"m63":2,"m64":3,"m69":4}')
        self.assertEqual(["required at 0"], self.answers('wide\t{"m0":1,"m68":4}'))

    def test_an_object_without_members(self) -> None:
        self.assertEqual(["{}", "type at 0"], self.answers('empty\t{"x":1}', "empty\t[]"))

    def test_ids_of_several_members_are_never_the_same_for_different_ones(self) -> None:
        def event(source: str, name: str) -> str:
            return "envelope\t" + json.dumps(
                {"specversion": "1.0", "type": "t", "source": source, "id": name, "data": 1})

        self.assertEqual("id 1", self.answers(event("s", "17"))[0])
        self.assertEqual(["id 1", "s", "17 type t key  payload 1 at /data"],
                         self.answers(event("s", "17")))
        self.assertNotEqual(self.answers(event("a\nb", "c")), self.answers(event("a", "b\nc")))

    def test_payloads_in_base64(self) -> None:
        head = 'envelope\t{"specversion":"1.0","type":"t","source":"s","id":"1"'
        self.assertEqual("1 type t key  payload {} at /data_base64",
                         self.answers(head + ',"data_base64":"e30="}')[-1])
        self.assertEqual("1 type t key  payload (none) at /data", self.answers(head + "}")[-1])
        self.assertEqual("NOT_BASE64 at 0", self.answers(head + ',"data_base64":"e30"}')[-1])
        self.assertEqual("oneOf at 0", self.answers(head + ',"data":1,"data_base64":"e30="}')[-1])


HERE_IN_SCHEMA = Location("schema/x.schema.json", "/x", lambda _: 3)
ELSEWHERE = Location("schema/y.schema.json", "/y", lambda _: 4)


def named(name: str, shape: object, location: Location = HERE_IN_SCHEMA, **more) -> NamedType:
    return NamedType(name, shape, Doc(), location, name.split(".")[0], **more)


def member(name: str, type_: object, location: Location, **more) -> Member:
    return Member(name, Use(type_), False, Doc(), location, **more)


class Names(unittest.TestCase):
    def test_snake(self) -> None:
        for name, expected in {
            "userLimitId": "user_limit_id", "userLimitID": "user_limit_id", "IDs": "ids",
            "HTTPServer": "http_server", "parseURLs": "parse_urls", "ABC": "abc", "IDS": "ids",
            "address2": "address2", "sha256Hash": "sha256_hash", "2fa": "x_2fa",
            "already_snake": "already_snake", "kebab-case": "kebab_case", "$ref": "ref",
            "__proto__": "proto", "it's \"so\"": "it_s_so", "": "empty", "?": "u003f",
            "é": "u00e9", "naïve": "na_u00ef_ve", "a.b/c": "a_b_c", "IN_COOLDOWN": "in_cooldown",
        }.items():
            self.assertEqual(expected, names.snake(name), name)

    def test_words_of_c_are_avoided(self) -> None:
        self.assertEqual(["int_", "default_", "errno_", "bool_", "register_", "class_", "value"],
                         [names.variable(name) for name in
                          ["int", "default", "errno", "bool", "register", "class", "value"]])

    def test_enum_constants_are_distinct_and_no_macros(self) -> None:
        self.assertEqual(["STATE_OPEN", "STATE_OPEN_2", "STATE_EMPTY", "STATE_U003C_U003D"],
                         names.enum_constants("state", ["open", "Open", "", "<="]))
        self.assertEqual(["INT_MAX_"], names.enum_constants("int", ["max"]))
        self.assertEqual(["MODE_2ND"], names.enum_constants("mode", ["2nd"]))

    def problems(self, *types: NamedType) -> list[str]:
        model = read(SAMPLE)
        return [str(problem) for problem in
                names.check(dataclasses.replace(model, types=(*model.types, *types)))]

    def test_the_sample_has_no_problem(self) -> None:
        self.assertEqual([], self.problems())

    def refuses(self, expected: str, *types: NamedType) -> None:
        found = self.problems(*types)
        self.assertTrue(any(expected in problem for problem in found), found)

    def test_types_with_one_name(self) -> None:
        self.refuses("schema/y.schema.json:4: #/y: its C type some_thing is that of "
                     "schema/x.schema.json:3 too", named("some.thing", Object(())),
                     named("some_thing", Object(()), ELSEWHERE))

    def test_members_with_one_name(self) -> None:
        for first, second in (("userId", "user_id"), ("$x", "x"), ("hasX", "x")):
            self.refuses("C member", named("a", Object((
                member(first, String(), HERE_IN_SCHEMA), member(second, String(), ELSEWHERE)))))

    def test_a_member_named_as_the_count_of_another(self) -> None:
        self.refuses("its C member xs_count is that of", named("a", Object((
            member("xs", Array(Use(String())), HERE_IN_SCHEMA),
            member("xsCount", String(), ELSEWHERE)))))

    def test_functions_with_one_name(self) -> None:
        self.refuses("its C symbol a_read_read is that of",
                     named("a_read", Object(()), HERE_IN_SCHEMA),
                     named("a.read", Object(()), ELSEWHERE))

    def test_an_enum_constant_of_two_enums(self) -> None:
        self.refuses("its C symbol A_B_C is that of", named("a", Enum((EnumValue("b_c"),))),
                     named("a_b", Enum((EnumValue("c"),)), ELSEWHERE))

    def test_names_of_the_runtime_and_the_library(self) -> None:
        self.refuses("its C name kh_json begins as", named("kh_json", Object(())))
        self.refuses("its C function aio_read is one of the C library", named("aio", Object(())))

    def test_bad_names_of_ones_own(self) -> None:
        self.refuses("x-c-name 'Bad Name' is no name in C", named("a", Object(()), c_name="Bad Name"))
        self.refuses("x-c-name 'int' is a word of C", named("a", Object((
            member("x", Ref("money"), ELSEWHERE, c_name="int"),))))


class Text(unittest.TestCase):
    def test_comments_cannot_be_left(self) -> None:
        self.assertEqual(["/* a * / b / * c ? ?/ d e */"],
                         text.comment("a */ b /* c ??/ d\u202ee"))
        self.assertEqual([], text.comment("  "))

    def test_long_comments_are_wrapped(self) -> None:
        lines = text.comment("word " * 60, 4)
        self.assertEqual(("    /*", "     */"), (lines[0], lines[-1]))
        self.assertLessEqual(max(map(len, lines)), text.COLUMNS)

    def test_literals(self) -> None:
        self.assertEqual('"a\\"\\\\\\n\\000\\0011é?\\?/"',
                         text.string_literal('a"\\\n\0\x011é??/'))
        self.assertEqual(["INT64_MIN", "-5", "INT64_C(2147483648)"],
                         [text.signed_literal(n) for n in (-(2**63), -5, 2**31)])
        self.assertEqual(["2.0", "0.1", "1e+300"],
                         [text.double_literal(x) for x in (2.0, 0.1, 1e300)])

    def test_long_lines_are_broken_outside_literals(self) -> None:
        literal = '"' + "a, b  c && d " * 4 + '"'
        line = f"    KH_TRY(some_function_with_a_name(first_argument, second, {literal}, last));"
        broken = text.break_lines(line)
        self.assertIn(literal, broken)
        self.assertLessEqual(max(map(len, broken.split("\n"))), text.COLUMNS)
        self.assertEqual(line.split(), broken.split())


if __name__ == "__main__":
    unittest.main()
