"""Compares pairs of files, given as JSON lines [before, after] on standard input.

Prints one JSON line per pair: the names that left the import statements, or what else differs.
"""

import ast
import io
import json
import sys
import tokenize


class WithoutImports(ast.NodeTransformer):
    """A tree without its imports; `pass` goes too, because an emptied block gets one."""

    def visit_Import(self, node):
        return None

    visit_ImportFrom = visit_Import
    visit_Pass = visit_Import


def imports(tree):
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [("", 0, one.name, one.asname) for one in node.names]
        elif isinstance(node, ast.ImportFrom):
            found += [(node.module or "", node.level, one.name, one.asname) for one in node.names]
    return found


def read(path):
    with open(path, "rb") as file:
        data = file.read()
    tree = ast.parse(data)
    tokens = tokenize.tokenize(io.BytesIO(data).readline)
    comments = [one.string for one in tokens if one.type == tokenize.COMMENT]
    return tree, comments


def compare(before, after):
    try:
        (old, old_comments), (new, new_comments) = read(before), read(after)
    except SyntaxError as error:
        return {"error": f"does not parse: {error}"}
    gone = imports(old)
    for one in imports(new):
        if one not in gone:
            return {"error": f"a new import: {one}"}
        gone.remove(one)
    if old_comments != new_comments:
        return {"error": "comments differ"}
    if ast.get_docstring(old, clean=False) != ast.get_docstring(new, clean=False):
        return {"error": "the docstring differs"}
    if ast.dump(WithoutImports().visit(old)) != ast.dump(WithoutImports().visit(new)):
        return {"error": "the tree differs"}
    return {"gone": [(asname or name).split(".")[0] for _, _, name, asname in gone]}


for line in sys.stdin:
    print(json.dumps(compare(*json.loads(line))))
