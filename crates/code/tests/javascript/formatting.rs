use crate::repo::Repo;

/// What becomes of `a.ts`, where the compiler drops unused imports.
fn fixed(text: &str) -> String {
    Repo::new(&[
        ("a.ts", text),
        ("x.ts", "export const a = 1, b = 2, c = 3;\nexport default 4;\n"),
        ("tsconfig.json", "{}"),
    ])
    .fixed("a.ts")
}

#[test]
fn a_whole_statement_goes_with_its_line() {
    assert_eq!(
        fixed("import { a } from './x';\nimport { b } from './x2';\nb();\n"),
        "import { b } from './x2';\nb();\n"
    );
    assert_eq!(fixed("import { a } from './x'\nexport const y = 1\n"), "export const y = 1\n");
}

#[test]
fn carriage_returns_and_the_byte_order_mark_survive() {
    assert_eq!(
        fixed("\u{feff}import { a } from './x';\r\nimport { b } from './y';\r\nb();\r\n"),
        "\u{feff}import { b } from './y';\r\nb();\r\n"
    );
    assert_eq!(
        fixed("import {\r\n\ta,\r\n\tb,\r\n} from './x';\r\nb();\r\n"),
        "import {\r\n\tb,\r\n} from './x';\r\nb();\r\n"
    );
}

#[test]
fn a_file_without_a_final_newline_keeps_none() {
    assert_eq!(fixed("export const y = 1;\nimport { a } from './x';"), "export const y = 1;");
    assert_eq!(
        fixed("export const y = 1;\r\nimport { a } from './x';\r\nimport { b } from './z';"),
        "export const y = 1;\r\n"
    );
    assert_eq!(fixed("import { a } from './x';\nexport const y = 1;"), "export const y = 1;");
}

#[test]
fn names_on_one_line_leave_no_double_spaces() {
    assert_eq!(fixed("import { a, b, c } from './x';\nb();\n"), "import { b } from './x';\nb();\n");
    assert_eq!(fixed("import {a,b,c} from './x';\nb();\n"), "import {b} from './x';\nb();\n");
    assert_eq!(fixed("import { a, b, c } from './x';\na(c);\n"), "import { a, c } from './x';\na(c);\n");
    assert_eq!(fixed("import { a, b, } from './x';\na();\n"), "import { a, } from './x';\na();\n");
}

#[test]
fn names_on_lines_of_their_own_go_with_the_line_and_the_comma_style_stays() {
    assert_eq!(fixed("import {\n  a,\n  b,\n  c,\n} from './x';\nb();\n"), "import {\n  b,\n} from './x';\nb();\n");
    assert_eq!(fixed("import {\n  a,\n  b\n} from './x';\na();\n"), "import {\n  a\n} from './x';\na();\n");
    assert_eq!(fixed("import {\n\ta,\n\tb as c,\n} from './x';\na();\n"), "import {\n\ta,\n} from './x';\na();\n");
}

#[test]
fn a_default_and_its_names_part_cleanly() {
    assert_eq!(fixed("import d, { a } from './x';\na();\n"), "import { a } from './x';\na();\n");
    assert_eq!(fixed("import d, { a } from './x';\nd();\n"), "import d from './x';\nd();\n");
    assert_eq!(fixed("import d, { a, b } from './x';\nb();\n"), "import { b } from './x';\nb();\n");
    assert_eq!(fixed("import d, { a, b } from './x';\nd(a);\n"), "import d, { a } from './x';\nd(a);\n");
    assert_eq!(fixed("import d, * as n from './x';\nd();\n"), "import d from './x';\nd();\n");
    assert_eq!(fixed("import d, * as n from './x';\nn.a();\n"), "import * as n from './x';\nn.a();\n");
}

#[test]
fn inline_types_go_with_their_keyword() {
    assert_eq!(fixed("import { type a, b } from './x';\nb();\n"), "import { b } from './x';\nb();\n");
    assert_eq!(fixed("import { a, type b as c } from './x';\na();\n"), "import { a } from './x';\na();\n");
}

#[test]
fn the_licence_header_and_the_comments_around_stay() {
    let header = "/*\n * Licence\n */\n";
    assert_eq!(
        fixed(&format!("{header}import {{ a }} from './x';\nexport const y = 1;\n")),
        format!("{header}export const y = 1;\n")
    );
    assert_eq!(
        fixed("// above\nimport { a } from './x'; // beside\nexport const y = 1;\n"),
        "// above\n// beside\nexport const y = 1;\n"
    );
    assert_eq!(
        fixed("/* before */ import { a } from './x';\nexport const y = 1;\n"),
        "/* before */\nexport const y = 1;\n"
    );
}

#[test]
fn a_comment_between_names_survives_or_the_statement_stays() {
    assert_eq!(
        fixed("import {\n  a, // about a\n  b,\n} from './x';\nb();\n"),
        "import {\n  // about a\n  b,\n} from './x';\nb();\n"
    );
    assert_eq!(
        fixed("import {\n  a, // about a\n  b,\n} from './x';\na();\n"),
        "import {\n  a, // about a\n} from './x';\na();\n"
    );
    let odd = "import { /* a */ a, b } from './x';\nb();\n";
    assert_eq!(fixed(odd), "import { /* a */ b } from './x';\nb();\n");
    let inside = "import { a /* one */, b } from './x';\nb();\n";
    assert_eq!(fixed(inside), inside);
    let all = "import { a /* one */ } from './x';\nexport {};\n";
    assert_eq!(fixed(all), all);
}

#[test]
fn no_blank_line_is_left_at_the_top_and_no_two_together() {
    assert_eq!(fixed("import { a } from './x';\n\nexport const y = 1;\n"), "export const y = 1;\n");
    assert_eq!(
        fixed("// head\n\nimport { a } from './x';\n\nexport const y = 1;\n"),
        "// head\n\nexport const y = 1;\n"
    );
    assert_eq!(
        fixed("import { a } from './x';\nimport { b } from './z';\n\nexport const y = 1;\n"),
        "export const y = 1;\n"
    );
    assert_eq!(
        fixed("import { a } from './x';\nexport const y = 1;\n\n\nfoo();\n"),
        "export const y = 1;\n\n\nfoo();\n"
    );
}

#[test]
fn a_module_stays_a_module() {
    assert_eq!(fixed("import { a } from './x';\nconst y = 1;\n"), "export {};\nconst y = 1;\n");
    assert_eq!(fixed("import { a } from './x'\nimport { b } from './z'\nconst y = 1\n"), "export {}\nconst y = 1\n");
    assert_eq!(fixed("import { a } from './x';\nexport {};\n"), "export {};\n");
    assert_eq!(fixed("import { a } from './x';\nimport './z';\n"), "import './z';\n");
}

#[test]
fn two_statements_on_one_line_come_apart() {
    assert_eq!(fixed("import { a } from './x'; import { b } from './z'; b();\n"), "import { b } from './z'; b();\n");
}

#[test]
fn a_statement_that_keeps_its_neighbours_apart_stays() {
    let text = "const y = z\nimport { a } from './x'\n(function () {})()\nexport {}\n";
    assert_eq!(fixed(text), text);
}
