//! Which names count as used.

use crate::repo::Repo;

fn unused(text: &str) -> Vec<String> {
    let repo = Repo::new(&[("a.py", text)]);
    let report = repo.report();
    assert_eq!(report.skipped, [], "{text}");
    report.imports.iter().map(|finding| finding.name.clone()).collect()
}

const NOTHING: [&str; 0] = [];

#[test]
fn a_name_that_nothing_reads_is_reported_with_its_place() {
    let repo =
        Repo::new(&[("a.py", "\"\"\"Doc.\"\"\"\nimport os\nfrom json import dumps as d, loads\n\nloads('1')\n")]);
    let report = repo.report();
    let places: Vec<_> = report
        .imports
        .iter()
        .map(|one| format!("{} {}:{} {}", one.name, one.location.line, one.location.column, one.specifier))
        .collect();
    assert_eq!(places, ["os 2:8 os", "d 3:18 json"]);
}

#[test]
fn columns_count_utf16_units_and_not_the_byte_order_mark() {
    let repo = Repo::new(&[("a.py", "\u{feff}import os; x = '\u{1f600}'; import json\n")]);
    let columns: Vec<_> = repo.report().imports.iter().map(|one| one.location.column).collect();
    assert_eq!(columns, [8, 29]);
}

#[test]
fn a_dotted_import_binds_its_first_name() {
    assert_eq!(unused("import os.path\nimport xml.dom\nprint(os.getcwd())\n"), ["xml"]);
    assert_eq!(unused("import os.path as p\nprint(os)\n"), ["p"]);
}

#[test]
fn a_parameter_or_a_local_of_the_same_name_is_another_name() {
    assert_eq!(unused("from os import path\ndef f(path):\n    return path\n"), ["path"]);
    assert_eq!(unused("import json\ndef f():\n    json = 1\n    return json\n"), ["json"]);
    assert_eq!(unused("import json\nf = lambda json: json\n"), ["json"]);
    assert_eq!(unused("import json\nx = [json for json in range(3)]\n"), ["json"]);
}

#[test]
fn a_default_a_decorator_and_the_first_iterable_are_read_outside() {
    assert_eq!(unused("import json\ndef f(json=json):\n    return json\n"), NOTHING);
    assert_eq!(unused("import json\nx = [json for json in json.x]\n"), NOTHING);
    assert_eq!(unused("import abc\n@abc.d\ndef abc2(): ...\n"), NOTHING);
}

#[test]
fn a_class_body_does_not_hide_a_name_from_its_methods() {
    assert_eq!(unused("import json\nclass A:\n    json = 1\n    def f(self):\n        return json\n"), NOTHING);
}

#[test]
fn global_and_nonlocal_names_belong_to_another_scope() {
    assert_eq!(unused("def f():\n    global json\n    import json\ndef g():\n    return json\n"), NOTHING);
    assert_eq!(unused("import json\ndef f():\n    global json\n    return json\n"), NOTHING);
    let nonlocal =
        "def f():\n    import json\n    def g():\n        nonlocal json\n        return json\n    return g\n";
    assert_eq!(unused(nonlocal), NOTHING);
}

#[test]
fn imports_inside_functions_are_looked_at_too() {
    assert_eq!(unused("def f():\n    import os\n    import json\n    return json\n"), ["os"]);
    assert_eq!(unused("def f():\n    import os\n    def g():\n        return os\n    return g\n"), NOTHING);
}

#[test]
fn a_class_keeps_its_imports_as_attributes() {
    assert_eq!(unused("class A:\n    import os\n"), NOTHING);
}

#[test]
fn deleting_patterns_and_walrus_follow_the_scopes_of_python() {
    assert_eq!(unused("import os\ndel os\n"), NOTHING);
    assert_eq!(
        unused("import json\ndef f(x):\n    match x:\n        case {'a': json}:\n            return json\n"),
        ["json"]
    );
    assert_eq!(
        unused("import ast\ndef f(x):\n    match x:\n        case ast.Name():\n            return 1\n"),
        NOTHING
    );
    assert_eq!(unused("import json\ndef f(x):\n    return [json := y for y in x], json\n"), ["json"]);
    assert_eq!(
        unused("import json\ndef f():\n    try:\n        pass\n    except ValueError as json:\n        raise json\n"),
        ["json"]
    );
}

#[test]
fn annotations_in_strings_are_read_as_expressions() {
    assert_eq!(unused("from typing import List\nx: 'List[int]' = []\n"), NOTHING);
    assert_eq!(unused("from decimal import Decimal\ndef f(x: 'Decimal | None') -> 'list[Decimal]': ...\n"), NOTHING);
    assert_eq!(
        unused("from typing import Optional\nfrom decimal import Decimal\nx: Optional['Decimal'] = None\n"),
        NOTHING
    );
    assert_eq!(
        unused("from __future__ import annotations\nfrom decimal import Decimal\ndef f(x: Decimal): ...\n"),
        NOTHING
    );
}

#[test]
fn strings_that_are_types_count_and_literals_do_not() {
    assert_eq!(unused("from typing import cast\nfrom decimal import Decimal\nx = cast('Decimal', 1)\n"), NOTHING);
    assert_eq!(
        unused("from typing import TypeVar\nfrom decimal import Decimal\nT = TypeVar('T', bound='Decimal')\n"),
        NOTHING
    );
    assert_eq!(
        unused("from typing import TypeAlias\nfrom decimal import Decimal\nX: TypeAlias = 'Decimal'\n"),
        NOTHING
    );
    assert_eq!(unused("from typing import Literal\nimport json\nx: Literal['json'] = 'json'\n"), ["json"]);
    assert_eq!(unused("from typing import Annotated\nimport json\nx: Annotated[str, 'json'] = ''\n"), ["json"]);
}

#[test]
fn type_parameters_and_type_comments_are_understood() {
    assert_eq!(unused("import json\ndef f[json](x: json) -> json: ...\n"), ["json"]);
    assert_eq!(unused("from decimal import Decimal\ntype X = list[Decimal]\n"), NOTHING);
    assert_eq!(unused("from decimal import Decimal\nclass A[T: Decimal]: ...\n"), NOTHING);
    assert_eq!(unused("from typing import List\nx = []  # type: List[int]\n"), NOTHING);
}

#[test]
fn format_strings_are_code() {
    assert_eq!(unused("import os\nx = f'{os.sep!r:>{os.name}}'\n"), NOTHING);
    assert_eq!(unused("import os\nx = '{os}'\n"), ["os"]);
}

#[test]
fn every_form_of_the_export_list_counts() {
    assert_eq!(unused("from json import dumps\n__all__ = ['dumps']\n"), NOTHING);
    assert_eq!(unused("from json import dumps, loads\n__all__ = ['dumps']\n__all__ += ('loads',)\n"), NOTHING);
    assert_eq!(
        unused("from json import dumps, loads\n__all__ = []\n__all__.append('dumps')\n__all__.extend(['loads'])\n"),
        NOTHING
    );
    assert_eq!(unused("from json import dumps, loads\n__all__ = ['dumps'] + ['loads']\n"), NOTHING);
    assert_eq!(unused("from json import dumps\n__all__: list[str] = ['loads']\n"), ["dumps"]);
}

#[test]
fn examples_in_docstrings_use_names_unless_they_import_them() {
    assert_eq!(
        unused("import json\ndef f():\n    \"\"\"Doc.\n\n    >>> json.dumps(1)\n    '1'\n    \"\"\"\n"),
        NOTHING
    );
    assert_eq!(
        unused("import json\ndef f():\n    \"\"\"Doc.\n\n    >>> import json\n    >>> json.dumps(1)\n    \"\"\"\n"),
        ["json"]
    );
}

#[test]
fn a_redundant_alias_is_an_export() {
    assert_eq!(unused("from json import dumps as dumps\nimport os as os\n"), NOTHING);
}

#[test]
fn a_fixture_that_a_test_asks_for_by_name_is_used() {
    let fixture = "import pytest\n@pytest.fixture\ndef client():\n    return 1\n";
    let test = "from fixtures import client\ndef test_it(client):\n    assert client\n";
    let repo = Repo::new(&[("tests/fixtures.py", fixture), ("tests/test_a.py", test)]);
    assert_eq!(repo.report().imports, []);
}
