"""The wire's messages in C# 7: classes that read and write themselves through two small interfaces."""

from collections.abc import Iterable, Iterator
from typing import Final

from protocol import ids
from tools.clients.csharp import csharp_file, quoted, static_class
from tools.clients.model import (
    Array,
    Binary,
    Choice,
    Field,
    Integer,
    Model,
    Plain,
    Reference,
    Struct,
    Text,
    Type,
    build_model,
    camel,
)

INTERFACES: Final = """\
    /// <summary>Reads one msgpack value after another and throws its own exception for what is not as asked.</summary>
    public interface IMapReader
    {
        /// <summary>Begins a map. Returns how many keys follow.</summary>
        int BeginMap();

        /// <summary>Begins an array. Returns how many values follow.</summary>
        int BeginArray();

        string Key();

        bool Bool();

        /// <summary>An integer; never a float.</summary>
        long Int(long least, long most);

        /// <summary>A finite float, or an integer.</summary>
        double Float();

        /// <summary>At most this many Unicode code points; -1 has no limit of its own.</summary>
        string Text(int most);

        byte[] Binary(int length);

        /// <summary>A whole map as its bytes, checked to be within the limits of msgpack bodies.</summary>
        byte[] RawMap();

        /// <summary>The exception for what is well-formed msgpack and yet not this wire's.</summary>
        System.Exception Fault(string reason);
    }

    /// <summary>Writes one msgpack value after another.</summary>
    public interface IMapWriter
    {
        void BeginMap(int count);

        void BeginArray(int count);

        void Key(string key);

        void Bool(bool value);

        void Int(long value);

        void Float(double value);

        void Text(string value);

        void Binary(byte[] value);

        /// <summary>A whole map that is encoded already; null stands for an empty one.</summary>
        void RawMap(byte[] value);
    }

    /// <summary>A map of this wire.</summary>
    public interface IWireMap
    {
        void Write(IMapWriter writer);
    }
"""


def render_messages() -> str:
    """Return the whole text of Messages.cs."""
    model = build_model()
    return csharp_file([INTERFACES, *(_struct(struct) for struct in model.structs), _bodies(model)])


def _struct(struct: Struct) -> str:
    lines = [f"    /// <summary>{struct.about}</summary>", f"    public sealed class {struct.name} : IWireMap", "    {"]
    lines += [f"        public {_declared(field, struct)}" for field in struct.fields]
    lines += ["", *_read(struct), "", *_write(struct), "    }"]
    return "\n".join(lines) + "\n"


def _member(field: Field, struct: Struct) -> str:
    name = camel(field.key)
    # A member of C# cannot have the name of its class.
    return f"{name}Number" if name == struct.name else name


def _declared(field: Field, struct: Struct) -> str:
    default = "" if field.required else _default(field)
    return f"{_csharp_type(field.type)} {_member(field, struct)}{default};"


def _default(field: Field) -> str:
    match field.default:
        case str():
            return f" = {quoted(field.default)}"
        case bool():
            return f" = {str(field.default).lower()}"
        case int() | float():
            return f" = {field.default}"
        case {}:
            return ""
        case [] | ():
            return f" = new {_csharp_type(field.type).removesuffix('[]')}[0]"
    raise TypeError(f"C# has no word for the default {field.default!r}")


def _csharp_type(type_: Type) -> str:  # noqa: PLR0911 - one for each type
    match type_:
        case Integer(least, most):
            if least >= -(2**31) and most < 2**31:
                return "int"
            return "uint" if least >= 0 and most < 2**32 else "long"
        case Text() | Choice():
            return "string"
        case Plain("bool"):
            return "bool"
        case Plain("float"):
            return "double"
        case Binary() | Plain("map"):
            return "byte[]"
        case Reference(name):
            return name
        case Array(item):
            return f"{_csharp_type(item)}[]"
    raise TypeError(f"C# has no type for {type_}")


def _read(struct: Struct) -> Iterator[str]:
    """Give a reader that takes keys in any order, each once, and all that are required."""
    required = sum(1 << bit for bit, field in enumerate(struct.fields) if field.required)
    yield f"        public static {struct.name} Read(IMapReader reader)"
    yield "        {"
    if struct.fields:
        yield from _indented(READ.replace("NAME", struct.name).replace("REQUIRED", str(required)), _cases(struct))
    else:
        yield from _indented(READ_NOTHING.replace("NAME", struct.name), ())
    yield "        }"


READ: Final = """\
var read = new NAME();
int seen = 0;
for (int count = reader.BeginMap(); count > 0; count--)
{
    string key = reader.Key();
    int bit;
    switch (key)
    {
CASES
        default:
            throw reader.Fault("NAME has no key " + key);
    }

    if ((seen & bit) != 0)
    {
        throw reader.Fault("NAME has the key " + key + " twice");
    }

    seen |= bit;
}

if ((seen & REQUIRED) != REQUIRED)
{
    throw reader.Fault("NAME lacks a key");
}

return read;
"""
READ_NOTHING: Final = """\
if (reader.BeginMap() != 0)
{
    throw reader.Fault("NAME has no keys");
}

return new NAME();
"""


def _indented(template: str, cases: Iterable[str]) -> Iterator[str]:
    for line in template.splitlines():
        if line == "CASES":
            yield from cases
        else:
            yield f"            {line}" if line else ""


def _cases(struct: Struct) -> Iterator[str]:
    for bit, field in enumerate(struct.fields):
        yield f'                    case "{field.key}":'
        yield f"                        bit = {1 << bit};"
        yield from _read_value(field.type, f"read.{_member(field, struct)}", 6)
        yield "                        break;"


def _read_value(type_: Type, target: str, indent: int, depth: int = 0) -> Iterator[str]:
    pad = "    " * indent
    match type_:
        case Choice(allowed):
            yield f"{pad}{target} = reader.Text(-1);"
            test = " && ".join(f"{target} != {quoted(word)}" for word in allowed)
            yield f"{pad}if ({test})"
            yield f"{pad}{{"
            yield f'{pad}    throw reader.Fault("no word for it: " + {target});'
            yield f"{pad}}}"
            yield ""
        case Array(item, length):
            count, index = f"size{depth}", f"at{depth}"
            yield f"{pad}{{"
            yield f"{pad}    int {count} = reader.BeginArray();"
            if length is not None:
                yield f"{pad}    if ({count} != {length})"
                yield f"{pad}    {{"
                yield f'{pad}        throw reader.Fault({count} + " values, not {length}");'
                yield f"{pad}    }}"
                yield ""
            yield f"{pad}    {target} = {_new_array(_csharp_type(item), count)};"
            yield f"{pad}    for (int {index} = 0; {index} < {count}; {index}++)"
            yield f"{pad}    {{"
            yield from _read_value(item, f"{target}[{index}]", indent + 2, depth + 1)
            yield f"{pad}    }}"
            yield f"{pad}}}"
            yield ""
        case _:
            yield f"{pad}{target} = {_read_scalar(type_)};"


def _new_array(item: str, count: str) -> str:
    inner = item.removesuffix("[]")
    return f"new {inner}[{count}]" + "[]" * ((len(item) - len(inner)) // 2)


def _read_scalar(type_: Type) -> str:
    match type_:
        case Integer(least, most):
            read = f"reader.Int({least}L, {most}L)"
            declared = _csharp_type(type_)
            return read if declared == "long" else f"({declared}){read}"
        case Text(most):
            return f"reader.Text({-1 if most is None else most})"
        case Binary(length):
            return f"reader.Binary({length})"
        case Plain(name):
            return {"bool": "reader.Bool()", "float": "reader.Float()", "map": "reader.RawMap()"}[name]
        case Reference(name):
            return f"{name}.Read(reader)"
    raise TypeError(f"C# cannot read {type_}")


def _write(struct: Struct) -> Iterator[str]:
    """Give a writer that leaves out what is as its default."""
    required = sum(field.required for field in struct.fields)
    tests = [_differs(field, _member(field, struct)) for field in struct.fields if not field.required]
    count = " + ".join([str(required), *(f"({test} ? 1 : 0)" for test in tests)])
    yield "        public void Write(IMapWriter writer)"
    yield "        {"
    yield f"            writer.BeginMap({count});"
    for field in struct.fields:
        name = _member(field, struct)
        indent = 3
        if not field.required:
            yield f"            if ({_differs(field, name)})"
            yield "            {"
            indent = 4
        yield f'{"    " * indent}writer.Key("{field.key}");'
        yield from _write_value(field.type, name, indent)
        if not field.required:
            yield "            }"
    yield "        }"


def _differs(field: Field, name: str) -> str:
    match field.default:
        case bool():
            return f"!{name}" if field.default else name
        case str():
            return f"{name} != {quoted(field.default)}"
        case {}:
            return f"{name} != null"
        case [] | ():
            return f"{name}.Length > 0"
    return f"{name} != {field.default}"


def _write_value(type_: Type, source: str, indent: int, depth: int = 0) -> Iterator[str]:
    pad = "    " * indent
    match type_:
        case Array(item):
            index = f"at{depth}"
            yield f"{pad}writer.BeginArray({source}.Length);"
            yield f"{pad}for (int {index} = 0; {index} < {source}.Length; {index}++)"
            yield f"{pad}{{"
            yield from _write_value(item, f"{source}[{index}]", indent + 1, depth + 1)
            yield f"{pad}}}"
            yield ""
        case Reference():
            yield f"{pad}{source}.Write(writer);"
        case _:
            yield f"{pad}writer.{_writer_of(type_)}({source});"


def _writer_of(type_: Type) -> str:
    match type_:
        case Integer():
            return "Int"
        case Text() | Choice():
            return "Text"
        case Binary():
            return "Binary"
        case Plain(name):
            return {"bool": "Bool", "float": "Float", "map": "RawMap"}[name]
    raise TypeError(f"C# cannot write {type_}")


def _bodies(model: Model) -> str:
    """Give what tells the features' operations and events apart, and what reads a message by its kind."""
    lines = [
        f'        public const string {camel(feature)}Feature = "{feature}";'
        for feature in dict.fromkeys(feature for feature, _ in (*model.operations, *model.events))
    ]
    for (feature, name), struct in model.operations.items():
        lines.append(f"        /// <summary>Operation of {feature}, with a {struct}.</summary>")
        lines.append(f'        public const string {camel(feature)}{camel(name)} = "{name}";')
    for (feature, name), struct in model.events.items():
        lines.append(f"        /// <summary>Event of {feature}, with a {struct}.</summary>")
        lines.append(f'        public const string {camel(feature)}{camel(name)} = "{name}";')
    lines += ["", *_dispatch("ReadClient", model.client), "", *_dispatch("ReadServer", model.server)]
    lines += ["", *_results(model)]
    return static_class("Bodies", "The features' words, and messages by their kind.", lines)


def _dispatch(name: str, messages: dict[ids.Kind, str]) -> Iterator[str]:
    yield f"        public static IWireMap {name}(Kind kind, IMapReader reader)"
    yield "        {"
    yield "            switch (kind)"
    yield "            {"
    for kind, struct in messages.items():
        yield f"                case Kind.{camel(kind.name)}:"
        yield f"                    return {struct}.Read(reader);"
    yield "                default:"
    yield '                    throw reader.Fault("kind " + (int)kind);'
    yield "            }"
    yield "        }"


def _results(model: Model) -> Iterator[str]:
    yield "        /// <summary>What answers an operation; null for one that is answered without a body.</summary>"
    yield "        public static IWireMap ReadResult(string feature, string type, IMapReader reader)"
    yield "        {"
    yield '            switch (feature + "." + type)'
    yield "            {"
    for (feature, name), struct in model.results.items():
        yield f"                case {quoted(f'{feature}.{name}')}:"
        yield f"                    return {struct}.Read(reader);"
    yield "                default:"
    yield "                    return null;"
    yield "            }"
    yield "        }"
