//! Distributions that are used without being imported.

use rustc_hash::FxHashSet;

/// Loaded by another package by name: (the package, what it may load).
const LOADED_BY: [(&str, &[&str]); 29] = [
    ("aiohttp", &["aiodns", "brotli", "cchardet"]),
    ("beautifulsoup4", &["html5lib", "lxml"]),
    ("celery", &["eventlet", "flower", "gevent", "kombu", "redis", "sqlalchemy"]),
    ("coverage", &["tomli", "toml"]),
    ("databases", &["aiomysql", "aiosqlite", "asyncpg", "psycopg2", "psycopg2-binary", "pymysql"]),
    (
        "django",
        &[
            "argon2-cffi",
            "bcrypt",
            "cx-oracle",
            "django-environ",
            "hiredis",
            "mysqlclient",
            "oracledb",
            "pillow",
            "psycopg",
            "psycopg-binary",
            "psycopg2",
            "psycopg2-binary",
            "pylibmc",
            "pymemcache",
            "pymysql",
            "redis",
            "sqlparse",
            "whitenoise",
        ],
    ),
    ("fastapi", &["email-validator", "itsdangerous", "jinja2", "orjson", "python-multipart", "ujson"]),
    ("fastparquet", &["cramjam", "python-snappy"]),
    ("flask", &["asgiref", "python-dotenv", "watchdog"]),
    ("gunicorn", &["eventlet", "gevent", "greenlet", "setproctitle", "tornado"]),
    ("httpx", &["brotli", "h2", "socksio", "zstandard"]),
    ("jupyter", &["ipykernel", "ipywidgets", "notebook"]),
    ("matplotlib", &["pycairo", "pyqt5", "pyqt6", "pyside6"]),
    (
        "pandas",
        &[
            "bottleneck",
            "fastparquet",
            "html5lib",
            "jinja2",
            "lxml",
            "matplotlib",
            "numba",
            "numexpr",
            "odfpy",
            "openpyxl",
            "psycopg2",
            "psycopg2-binary",
            "pyarrow",
            "pymysql",
            "pyxlsb",
            "s3fs",
            "scipy",
            "sqlalchemy",
            "tables",
            "tabulate",
            "xarray",
            "xlrd",
            "xlsxwriter",
            "gcsfs",
            "fsspec",
        ],
    ),
    ("passlib", &["argon2-cffi", "bcrypt"]),
    ("pydantic", &["email-validator", "python-dotenv"]),
    ("pydantic-settings", &["python-dotenv"]),
    ("pyjwt", &["cryptography"]),
    ("pymongo", &["dnspython"]),
    ("python-jose", &["cryptography", "ecdsa", "pycryptodome", "rsa"]),
    ("python-socketio", &["aiohttp", "eventlet", "gevent", "gevent-websocket"]),
    ("redis", &["hiredis"]),
    ("requests", &["brotli", "certifi", "chardet", "pyopenssl", "pysocks", "idna"]),
    (
        "sqlalchemy",
        &[
            "aiomysql",
            "aiosqlite",
            "asyncmy",
            "asyncpg",
            "cx-oracle",
            "greenlet",
            "mysql-connector-python",
            "mysqlclient",
            "oracledb",
            "pg8000",
            "psycopg",
            "psycopg-binary",
            "psycopg2",
            "psycopg2-binary",
            "psycopg2cffi",
            "pymssql",
            "pymysql",
            "pyodbc",
            "snowflake-sqlalchemy",
        ],
    ),
    ("pytest-httpbin", &["httpbin"]),
    ("sphinx", &["alabaster"]),
    ("sphinxcontrib-spelling", &["pyenchant"]),
    ("starlette", &["itsdangerous", "jinja2", "python-multipart"]),
    ("uvicorn", &["gunicorn", "httptools", "python-dotenv", "uvloop", "watchfiles", "websockets", "wsproto"]),
];

/// Started from outside for an application of one of the frameworks.
const SERVERS: [&str; 8] = ["gunicorn", "uvicorn", "uwsgi", "daphne", "hypercorn", "waitress", "gevent", "meinheld"];
const FRAMEWORKS: [&str; 12] = [
    "aiohttp",
    "bottle",
    "django",
    "falcon",
    "fastapi",
    "flask",
    "litestar",
    "pyramid",
    "quart",
    "sanic",
    "starlette",
    "dash",
];

/// A name that begins like this is a plugin of the package behind it.
const PLUGINS: [(&str, &str); 17] = [
    ("pytest-", "pytest"),
    ("flake8-", "flake8"),
    ("pep8-naming", "flake8"),
    ("pylint-", "pylint"),
    ("mypy-", "mypy"),
    ("mkdocs-", "mkdocs"),
    ("mkdocstrings", "mkdocs"),
    ("sphinx-", "sphinx"),
    ("sphinxcontrib-", "sphinx"),
    ("tox-", "tox"),
    ("nox-", "nox"),
    ("poetry-", "poetry"),
    ("hatch-", "hatchling"),
    ("coverage-", "coverage"),
    ("covdefaults", "coverage"),
    ("jupyterlab-", "jupyterlab"),
    ("pre-commit-", "pre-commit"),
];

/// Used by being there.
const ALWAYS: [&str; 7] =
    ["pip", "setuptools", "wheel", "tzdata", "win32-setctime", "certifi-win32", "pip-system-certs"];

/// Why a distribution that nobody imports is needed nevertheless. `known` holds the normalised names of everything that
/// is declared, imported or called; `imported` the modules that are imported.
pub(super) fn implied(normal: &str, known: &FxHashSet<String>, imported: &FxHashSet<String>) -> Option<String> {
    if ALWAYS.contains(&normal) {
        return Some("it works by being installed".into());
    }
    if let Some((loader, _)) =
        LOADED_BY.iter().find(|(loader, names)| names.contains(&normal) && known.contains(*loader))
    {
        return Some(format!("{loader} loads it by name"));
    }
    if SERVERS.contains(&normal) && FRAMEWORKS.iter().any(|framework| known.contains(*framework)) {
        return Some("a server for the application is started from outside".into());
    }
    let plugin =
        PLUGINS.iter().find(|(prefix, owner)| normal.starts_with(prefix) && normal != *owner && known.contains(*owner));
    if let Some((_, owner)) = plugin {
        return Some(format!("it is a plugin of {owner}"));
    }
    let typed = normal.strip_prefix("types-").or_else(|| normal.strip_suffix("-stubs"));
    let typed = typed.filter(|name| known.contains(*name) || imported.contains(&name.replace('-', "_")));
    typed.map(|name| format!("it holds the types of {name}"))
}
