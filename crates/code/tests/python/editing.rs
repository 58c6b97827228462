//! What edits leave behind.

use crate::repo::Repo;

fn fixed(text: &str) -> String {
    Repo::new(&[("a.py", text)]).fixed("a.py")
}

#[test]
fn a_whole_statement_goes_with_its_line() {
    assert_eq!(fixed("import os\nimport json\n\nprint(json)\n"), "import json\n\nprint(json)\n");
    assert_eq!(fixed("import json\nprint(json)\nimport os"), "import json\nprint(json)\n");
    assert_eq!(fixed("import os\n"), "");
}

#[test]
fn one_of_several_names_goes_with_its_comma() {
    assert_eq!(fixed("import os, json, re\nprint(json)\n"), "import json\nprint(json)\n");
    assert_eq!(fixed("from json import dumps, loads\nprint(dumps)\n"), "from json import dumps\nprint(dumps)\n");
    assert_eq!(fixed("from json import dumps as d, loads\nprint(loads)\n"), "from json import loads\nprint(loads)\n");
    assert_eq!(fixed("from json import (dumps, loads,)\nprint(dumps)\n"), "from json import (dumps,)\nprint(dumps)\n");
    assert_eq!(
        fixed("from json import dumps, \\\n    loads\nprint(loads)\n"),
        "from json import loads\nprint(loads)\n"
    );
}

#[test]
fn lists_over_several_lines_lose_whole_lines() {
    let before = "from json import (\n    JSONDecoder,\n    dumps,\n    loads,\n)\nprint(dumps)\n";
    assert_eq!(fixed(before), "from json import (\n    dumps,\n)\nprint(dumps)\n");
    let before = "from json import (JSONDecoder, dumps,\n                  loads)\nprint(dumps)\n";
    assert_eq!(fixed(before), "from json import (dumps,\n                  )\nprint(dumps)\n");
}

#[test]
fn all_comments_stay() {
    assert_eq!(fixed("# head\nimport os  # why\nx = 1\n"), "# head\n# why\nx = 1\n");
    let before =
        "from json import (\n    # about dumps\n    dumps,  # one\n    loads,  # two\n)  # end\nprint(loads)\n";
    let after = "from json import (\n    # about dumps\n    # one\n    loads,  # two\n)  # end\nprint(loads)\n";
    assert_eq!(fixed(before), after);
    let before = "def f():\n    from json import (  # a\n        dumps,  # b\n    )  # c\n    return 1\n";
    assert_eq!(fixed(before), "def f():\n    # a\n    # b\n    # c\n    return 1\n");
}

#[test]
fn an_emptied_block_gets_pass() {
    assert_eq!(fixed("def f():\n    import os\n    import json\n"), "def f():\n    pass\n");
    assert_eq!(fixed("def f(): import os\n"), "def f(): pass\n");
    assert_eq!(fixed("def f():\n    import os  # why\n"), "def f():\n    pass  # why\n");
    let before = "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import os\n";
    assert_eq!(fixed(before), "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    pass\n");
}

#[test]
fn statements_that_share_a_line_are_told_apart() {
    assert_eq!(fixed("import os; import json; print(json)\n"), "import json; print(json)\n");
    assert_eq!(fixed("x = 1; import os\n"), "x = 1\n");
    assert_eq!(fixed("import os; import json\nx = 1\n"), "x = 1\n");
    assert_eq!(fixed("import os;\nx = 1\n"), "x = 1\n");
}

#[test]
fn line_ends_marks_tabs_and_form_feeds_survive() {
    assert_eq!(fixed("\u{feff}import os\r\nimport json\r\nprint(json)\r\n"), "\u{feff}import json\r\nprint(json)\r\n");
    assert_eq!(fixed("def f():\r\n\timport os\r\n\treturn 1\r\n"), "def f():\r\n\treturn 1\r\n");
    assert_eq!(fixed("\u{c}\nimport os\nx = 1\n"), "\u{c}\nx = 1\n");
    assert_eq!(fixed("import os  # é\r\nx = 1\r\n"), "# é\r\nx = 1\r\n");
}

#[test]
fn a_string_never_becomes_a_docstring() {
    let text = "def f():\n    import os\n    'not a docstring'\n    return 1\n";
    assert_eq!(fixed(text), text);
    let text = "import os\n'not a docstring'\n";
    assert_eq!(fixed(text), text);
}

#[test]
fn a_repeated_import_goes_where_nothing_lies_between() {
    assert_eq!(
        fixed("import os\nimport json\nimport os\nprint(os, json)\n"),
        "import os\nimport json\nprint(os, json)\n"
    );
    assert_eq!(
        fixed("from json import dumps\nfrom json import dumps\ndumps(1)\n"),
        "from json import dumps\ndumps(1)\n"
    );
    let text = "from json import dumps\nprint(dumps)\nfrom json import dumps\ndumps(1)\n";
    assert_eq!(fixed(text), text);
    let text = "import os\nos = None\nimport os\nprint(os)\n";
    assert_eq!(fixed(text), text);
}
