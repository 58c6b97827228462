use crate::repo::Repo;

fn fixed(text: &str) -> String {
    Repo::new(&[("a.ts", text), ("tsconfig.json", "{}")]).fixed("a.ts")
}

#[test]
fn later_names_go_into_the_first_statement() {
    assert_eq!(
        fixed("import { a } from './x';\nimport { b } from './x';\na(b);\n"),
        "import { a, b } from './x';\na(b);\n"
    );
    assert_eq!(
        fixed("import {\n  a,\n} from './x';\nimport { b as c } from './x';\na(c);\n"),
        "import {\n  a,\n  b as c,\n} from './x';\na(c);\n"
    );
    assert_eq!(
        fixed("import { a, } from './x';\nimport { b } from './x';\na(b);\n"),
        "import { a, b, } from './x';\na(b);\n"
    );
    assert_eq!(
        fixed("import d from './x';\nimport { b } from './x';\nd(b);\n"),
        "import d, { b } from './x';\nd(b);\n"
    );
    assert_eq!(
        fixed("import { b } from './x';\nimport d from './x';\nd(b);\n"),
        "import d, { b } from './x';\nd(b);\n"
    );
    assert_eq!(
        fixed("import { a } from './x';\nimport { b } from './x';\nimport { c } from './x';\na(b, c);\n"),
        "import { a, b, c } from './x';\na(b, c);\n"
    );
    assert_eq!(
        fixed("import type { A } from './x';\nimport type { B } from './x';\nexport type C = A | B;\n"),
        "import type { A, B } from './x';\nexport type C = A | B;\n"
    );
}

#[test]
fn a_bare_import_of_what_is_imported_already_goes() {
    assert_eq!(fixed("import { a } from './x';\nimport './x';\na();\n"), "import { a } from './x';\na();\n");
    assert_eq!(fixed("import './x';\nimport './x';\n"), "import './x';\n");
}

#[test]
fn what_cannot_be_one_statement_stays_two() {
    for text in [
        "import type { A } from './x';\nimport { b } from './x';\nexport const c = b as A;\n",
        "import * as n from './x';\nimport { b } from './x';\nn(b);\n",
        "import d from './x';\nimport e from './x';\nd(e);\n",
        "import type D from './x';\nimport type { A } from './x';\nexport type C = A | D;\n",
        "import { A } from './x';\nimport './x';\nexport type C = A;\n",
        "import './x';\nimport { a } from './x';\na();\n",
        "import { A } from './x';\nimport './y';\nimport { b } from './x';\nexport const c = b as A;\n",
        "import { a } from './x';\nimport { b } from './x'; // why\na(b);\n",
        "import { a } from './x' with { type: 'js' };\nimport { b } from './x';\na(b);\n",
        "import { a } from './x';\n// @ts-ignore\nimport { b } from './x';\na(b);\n",
    ] {
        assert_eq!(fixed(text), text);
    }
}
