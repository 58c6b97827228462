"""Reads JSON lines {"path", "text"} and answers each with its parts by name, or null where the parser refuses it.

Parts of Python are functions by their qualified names, with their text; of TOML and YAML the values by their keys.
"""

import ast
import json
import sys

try:
    import tomllib
except ImportError:
    tomllib = None
try:
    import yaml
except ImportError:
    yaml = None


def functions(text):
    lines = text.splitlines(keepends=True)
    parts = {}

    def visit(node, name):
        for child in ast.iter_child_nodes(node):
            if isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef)):
                key = name + "." + child.name
                first = min([child.lineno] + [each.lineno for each in child.decorator_list])
                body = "".join(lines[first - 1 : child.end_lineno])
                parts[key] = parts.get(key, "") + body
            elif isinstance(child, ast.ClassDef):
                key = name + "." + child.name
                parts.setdefault(key, "")
                visit(child, key)
            else:
                visit(child, name)

    visit(ast.parse(text), "")
    return parts


def values(value, name=""):
    if isinstance(value, dict) and value:
        parts = {}
        for key, inner in value.items():
            parts.update(values(inner, name + "." + str(key)))
        return parts
    return {name: repr(value)}


def read(path, text):
    if path.endswith((".py", ".pyi")):
        return functions(text)
    if path.endswith(".toml"):
        return values(tomllib.loads(text)) if tomllib else {}
    return values({str(index): each for index, each in enumerate(yaml.safe_load_all(text))}) if yaml else {}


for line in sys.stdin:
    request = json.loads(line)
    try:
        answer = read(request["path"], request["text"])
    except Exception:
        answer = None
    print(json.dumps(answer), flush=True)
