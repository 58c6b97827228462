use crate::repo::Repo;

fn actions(path: &str, text: &str, jsx: &str) -> Vec<String> {
    Repo::new(&[(path, text), ("tsconfig.json", &format!("{{ \"compilerOptions\": {{ {jsx} }} }}"))]).actions(path)
}

const TEXT: &str = "import React from 'react';\nexport const a = <p>b</p>;\n";

#[test]
fn the_classic_runtime_uses_react_and_the_automatic_one_does_not() {
    assert!(actions("a.tsx", TEXT, r#""jsx": "react""#).is_empty());
    assert!(actions("a.tsx", TEXT, r#""jsx": "preserve""#).is_empty());
    assert!(actions("a.tsx", TEXT, "").is_empty());
    assert_eq!(actions("a.tsx", TEXT, r#""jsx": "react-jsx""#), ["React remove"]);
    assert_eq!(actions("a.tsx", TEXT, r#""jsx": "react-jsxdev""#), ["React remove"]);
    assert_eq!(
        actions("a.tsx", "import React from 'react';\nexport const a = 1;\n", r#""jsx": "react""#),
        ["React remove"]
    );
}

#[test]
fn a_javascript_file_without_options_keeps_react() {
    assert!(Repo::new(&[("a.jsx", TEXT)]).actions("a.jsx").is_empty());
}

#[test]
fn factories_and_pragmas_name_what_is_used() {
    let preact = "import { h, Fragment } from 'preact';\nexport const a = <><p/></>;\n";
    assert!(
        actions("a.tsx", preact, r#""jsx": "react", "jsxFactory": "h", "jsxFragmentFactory": "Fragment""#).is_empty()
    );
    assert!(
        actions("a.tsx", &format!("/** @jsx h */\n/** @jsxFrag Fragment */\n{preact}"), r#""jsx": "react-jsx""#)
            .is_empty()
    );
    assert_eq!(
        actions("a.tsx", &format!("/** @jsxImportSource preact */\n{TEXT}"), r#""jsx": "react""#),
        ["React remove"]
    );
    assert!(actions("a.tsx", &format!("/** @jsxRuntime classic */\n{TEXT}"), r#""jsx": "react-jsx""#).is_empty());
}

#[test]
fn components_in_jsx_are_uses() {
    let text = "import { A, b, C } from './x';\nexport const a = <A c={b}><C.D /></A>;\n";
    assert!(actions("a.tsx", text, r#""jsx": "react-jsx""#).is_empty());
}
