use crate::repo::Repo;

fn fixed(text: &str) -> String {
    Repo::new(&[
        ("a.js", text),
        ("pure.js", "'use strict';\nexports.a = 1;\nmodule.exports.b = () => 2;\n"),
        ("chain.js", "const p = require('./pure');\nmodule.exports = { p };\n"),
        ("loud.js", "console.log(1);\nexports.a = 1;\n"),
    ])
    .fixed("a.js")
}

#[test]
fn an_unused_require_goes_when_its_target_is_quiet() {
    assert_eq!(fixed("const fs = require('fs');\nconst p = require('./pure');\nfoo();\n"), "foo();\n");
    assert_eq!(fixed("var c = require(\"./chain.js\")\nfoo()\n"), "foo()\n");
    assert_eq!(fixed("const { a } = require('./pure');\nfoo();\n"), "foo();\n");
}

#[test]
fn an_unused_require_of_a_loud_target_keeps_the_call() {
    assert_eq!(fixed("const l = require('./loud');\nfoo();\n"), "require('./loud');\nfoo();\n");
    assert_eq!(fixed("const { a } = require(\"./loud\")\nfoo()\n"), "require(\"./loud\")\nfoo()\n");
}

#[test]
fn names_leave_a_destructured_require_one_by_one() {
    assert_eq!(fixed("const { a, b } = require('./pure');\nb();\n"), "const { b } = require('./pure');\nb();\n");
    assert_eq!(
        fixed("const {\n  a,\n  b: c\n} = require('./pure');\na();\n"),
        "const {\n  a\n} = require('./pure');\na();\n"
    );
    let unknown = "const { a, b } = require('missing');\nb();\n";
    assert_eq!(fixed(unknown), unknown);
}

#[test]
fn what_is_not_a_plain_require_is_left() {
    for text in [
        "const { a, ...rest } = require('./pure');\nfoo(rest);\n",
        "const a = require('./pure'), b = require('fs');\nfoo();\n",
        "let a;\na = require('./pure');\n",
        "if (x) { const a = require('./pure'); }\n",
        "try { require('./pure'); } catch {}\n",
        "function f(require) { const a = require('./pure'); }\n",
        "require('./pure');\nfoo();\n",
    ] {
        assert_eq!(fixed(text), text);
    }
}

#[test]
fn a_require_between_statements_without_semicolons_stays() {
    let text = "const x = y\nconst a = require('./pure')\n;(function () {})()\n";
    assert_eq!(fixed(text), text);
    let joined = "const x = y\nconst a = require('./pure');\n[1].map(x)\n";
    assert_eq!(fixed(joined), joined);
}

#[test]
fn a_name_whose_reading_may_run_code_stays() {
    let kept = |target: &str| {
        let text = "const { a, b } = require('./x');\nb();\n";
        Repo::new(&[("a.js", text), ("x.js", target)]).fixed("a.js") == text
    };
    assert!(!kept("console.log(1);\nmodule.exports = { a: 1, b: 2 };\n"));
    assert!(kept("console.log(1);\nmodule.exports = { get a() { return load(); }, b: 2 };\n"));
    assert!(kept("module.exports = lazy({ a: () => require('./y'), b: 2 });\n"));
    assert!(kept("console.log(1);\nObject.defineProperty(exports, 'a', { enumerable: true, value: 1 });\n"));
}
