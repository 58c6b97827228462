"""Prints, for each Python file named on standard input, where something can be planted. Uses Python's own parser."""

import ast
import json
import sys


def is_type_checking(node):
    return isinstance(node, ast.If) and ast.unparse(node.test) in ("TYPE_CHECKING", "typing.TYPE_CHECKING")


def describe(node, where):
    return {
        "where": where,
        "kind": "import" if isinstance(node, ast.Import) else "from",
        "module": None if isinstance(node, ast.Import) else "." * node.level + (node.module or ""),
        "names": [[name.name, name.asname] for name in node.names],
        "nameLines": [name.lineno for name in node.names],
        "nameColumns": [[name.col_offset, name.end_col_offset] for name in node.names],
        "line": node.lineno,
        "endLine": node.end_lineno,
        "column": node.col_offset,
    }


def sites(text):
    tree = ast.parse(text)
    imports, bodies, names, attributes = [], [], set(), set()
    for node in tree.body:
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            imports.append(describe(node, "module"))
        elif is_type_checking(node):
            imports += [describe(n, "typing") for n in node.body if isinstance(n, (ast.Import, ast.ImportFrom))]
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            names.add(node.id)
        elif isinstance(node, ast.arg):
            names.add(node.arg)
        elif isinstance(node, ast.Attribute):
            attributes.add(node.attr)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            names.update(part for part in node.value.replace(".", " ").split() if part.isidentifier())
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            names.add(node.name)
            body = [n for n in node.body if not (isinstance(n, ast.Expr) and isinstance(n.value, ast.Constant))]
            if not isinstance(node, ast.ClassDef) and body and body[0].lineno > node.lineno and not hasattr(body[0], "decorator_list"):
                bodies.append([body[0].lineno, body[0].col_offset])
    for entry in imports:
        for name, alias in entry["names"]:
            names.add((alias or name).split(".")[0])
    return {"imports": imports, "bodies": bodies, "names": sorted(names), "attributes": sorted(attributes - names)}


def main():
    answer = {}
    for path in sys.stdin.read().splitlines():
        try:
            with open(path, encoding="utf-8", newline="") as file:
                answer[path] = sites(file.read())
        except (SyntaxError, UnicodeDecodeError, ValueError):
            continue
    json.dump(answer, sys.stdout)


main()
