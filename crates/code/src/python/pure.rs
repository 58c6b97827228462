//! Names that a module may call, decorate with or derive from while it is loaded without anybody noticing.

use super::name::{first_segment, last_segment};

/// Modules whose classes and functions only make values: every call and every derivation is free of effects.
const PURE_MODULES: [&str; 14] = [
    "abc",
    "array",
    "collections",
    "dataclasses",
    "datetime",
    "decimal",
    "enum",
    "fractions",
    "operator",
    "string",
    "types",
    "typing",
    "typing_extensions",
    "uuid",
];

const PURE_CALLS: [&str; 64] = [
    "argparse.Namespace",
    "ast.literal_eval",
    "asyncio.Lock",
    "asyncio.Event",
    "asyncio.Queue",
    "asyncio.Semaphore",
    "codecs.lookup",
    "contextlib.asynccontextmanager",
    "contextlib.contextmanager",
    "contextlib.nullcontext",
    "contextlib.suppress",
    "contextvars.ContextVar",
    "copy.copy",
    "copy.deepcopy",
    "functools.cache",
    "functools.cached_property",
    "functools.lru_cache",
    "functools.partial",
    "functools.partialmethod",
    "functools.reduce",
    "functools.singledispatch",
    "functools.singledispatchmethod",
    "functools.total_ordering",
    "functools.wraps",
    "functools.cmp_to_key",
    "functools.update_wrapper",
    "hashlib.md5",
    "hashlib.sha1",
    "hashlib.sha256",
    "inspect.cleandoc",
    "inspect.signature",
    "io.BytesIO",
    "io.StringIO",
    "itertools.chain",
    "itertools.chain.from_iterable",
    "itertools.count",
    "itertools.product",
    "itertools.repeat",
    "itertools.zip_longest",
    "json.dumps",
    "json.loads",
    "logging.getLogger",
    "logging.NullHandler",
    "math.ceil",
    "math.floor",
    "math.log",
    "math.log2",
    "math.sqrt",
    "os.getenv",
    "os.environ.get",
    "os.path.abspath",
    "os.path.basename",
    "os.path.dirname",
    "os.path.expanduser",
    "os.path.join",
    "os.path.realpath",
    "pathlib.Path",
    "pathlib.PurePath",
    "re.compile",
    "re.escape",
    "struct.Struct",
    "struct.calcsize",
    "textwrap.dedent",
    "threading.local",
];

const PURE_CALLS_MORE: [&str; 22] = [
    "operator.attrgetter",
    "operator.itemgetter",
    "platform.machine",
    "platform.python_implementation",
    "platform.system",
    "sys.getdefaultencoding",
    "sys.getfilesystemencoding",
    "sys.intern",
    "sys.platform.startswith",
    "threading.Condition",
    "threading.Event",
    "threading.Lock",
    "threading.RLock",
    "threading.Semaphore",
    "time.monotonic",
    "time.perf_counter",
    "time.time",
    "timeit.default_timer",
    "unittest.mock.Mock",
    "warnings.deprecated",
    "weakref.WeakKeyDictionary",
    "weakref.WeakValueDictionary",
];

const PURE_CLASSES: [&str; 26] = [
    "argparse.Action",
    "argparse.ArgumentParser",
    "argparse.HelpFormatter",
    "ast.NodeTransformer",
    "ast.NodeVisitor",
    "configparser.ConfigParser",
    "contextlib.AbstractContextManager",
    "contextlib.AsyncContextDecorator",
    "contextlib.ContextDecorator",
    "contextlib.ExitStack",
    "html.parser.HTMLParser",
    "io.BytesIO",
    "io.RawIOBase",
    "io.StringIO",
    "io.TextIOWrapper",
    "json.JSONDecoder",
    "json.JSONEncoder",
    "logging.Filter",
    "logging.Formatter",
    "logging.Handler",
    "logging.Logger",
    "logging.LoggerAdapter",
    "threading.Thread",
    "threading.local",
    "unittest.TestCase",
    "weakref.ref",
];

/// Builtins that make or look at values.
const PURE_BUILTINS: [&str; 48] = [
    "abs",
    "all",
    "any",
    "bin",
    "bool",
    "bytearray",
    "bytes",
    "callable",
    "chr",
    "classmethod",
    "complex",
    "dict",
    "divmod",
    "enumerate",
    "filter",
    "float",
    "format",
    "frozenset",
    "getattr",
    "hasattr",
    "hash",
    "hex",
    "id",
    "int",
    "isinstance",
    "issubclass",
    "iter",
    "len",
    "list",
    "map",
    "max",
    "min",
    "object",
    "oct",
    "ord",
    "pow",
    "property",
    "range",
    "repr",
    "reversed",
    "round",
    "set",
    "slice",
    "sorted",
    "staticmethod",
    "str",
    "sum",
    "super",
];

const PURE_BUILTINS_MORE: [&str; 5] = ["tuple", "type", "zip", "vars", "memoryview"];

/// Methods of a result that only compute another one.
const PURE_METHODS: [&str; 26] = [
    "().absolute",
    "().copy",
    "().count",
    "().decode",
    "().encode",
    "().endswith",
    "().format",
    "().get",
    "().group",
    "().items",
    "().join",
    "().joinpath",
    "().keys",
    "().lower",
    "().partition",
    "().relative_to",
    "().replace",
    "().resolve",
    "().rstrip",
    "().split",
    "().startswith",
    "().strip",
    "().upper",
    "().values",
    "().with_name",
    "().with_suffix",
];

/// Whether calling something outside of the repository only makes a value.
pub(super) fn is_pure_call(dotted: &str) -> bool {
    PURE_MODULES.contains(&first_segment(dotted))
        || PURE_CALLS.contains(&dotted)
        || PURE_CALLS_MORE.contains(&dotted)
        || PURE_METHODS.contains(&dotted)
        || is_pure_base(dotted) && dotted != "threading.Thread"
}

/// Whether calling a builtin only makes a value, as a function or as an exception.
pub(super) fn is_pure_builtin(name: &str) -> bool {
    PURE_BUILTINS.contains(&name)
        || PURE_BUILTINS_MORE.contains(&name)
        || is_builtin_class(name)
        || is_method_of_own(name)
}

/// `str.maketrans`, `dict.fromkeys`, `bytes.fromhex`
fn is_method_of_own(name: &str) -> bool {
    name.contains('.') && PURE_BUILTINS.contains(&first_segment(name))
}

fn is_builtin_class(name: &str) -> bool {
    name.ends_with("Error")
        || name.ends_with("Exception")
        || name.ends_with("Warning")
        || matches!(name, "KeyboardInterrupt" | "StopIteration" | "SystemExit" | "GeneratorExit" | "StopAsyncIteration")
}

/// Whether deriving from something outside of the repository only makes a class.
pub(super) fn is_pure_base(dotted: &str) -> bool {
    PURE_MODULES.contains(&first_segment(dotted)) || PURE_CLASSES.contains(&dotted)
}

pub(super) fn is_pure_builtin_base(name: &str) -> bool {
    PURE_BUILTINS.contains(&name) || PURE_BUILTINS_MORE.contains(&name) || is_builtin_class(last_segment(name))
}
