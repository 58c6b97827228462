use super::super::config::{code_words, data_words};
use super::super::json::{parse, parse_relaxed};
use super::super::name::{package_of, typed_by, types_of};
use super::super::role::{Role, role};
use super::super::script::{programs, words};
use super::super::tool;

#[test]
fn json_is_read_with_the_bytes_of_every_entry() {
    let text = "\u{feff}{\r\n  \"a\": { \"b\\u00e9\": [1, -2.5e3, null] },\r\n  \"c\": true\r\n}\r\n";
    let json = parse(text).unwrap();
    let entries = json.entries();
    assert_eq!(entries.iter().map(|entry| entry.key.as_str()).collect::<Vec<_>>(), ["a", "c"]);
    assert_eq!(&text[entries[0].span.clone()], "\"a\": { \"b\\u00e9\": [1, -2.5e3, null] }");
    assert_eq!(entries[0].value.entries()[0].key, "bé");
    assert!(json.get("c").unwrap().is_true());
}

#[test]
fn json_that_is_not_json_is_refused_where_it_goes_wrong() {
    for (text, offset) in [
        ("", 0),
        ("{", 1),
        ("{\"a\" 1}", 5),
        ("{\"a\": 1,}", 8),
        ("{\"a\": 1} x", 9),
        ("{'a': 1}", 1),
        ("{\"a\": tru}", 6),
        ("{\"a\": \"b\n\"}", 8),
        ("{\"a\": 1.2.3}", 6),
        ("{\"a\": 1 // no\n}", 8),
        ("[1 2]", 3),
        ("{\"a\": \"\\x\"}", 8),
    ] {
        let error = parse(text).expect_err(text);
        assert_eq!(error.offset, offset, "{text:?}: {}", error.message);
    }
    assert!(parse(&"[".repeat(100_000)).is_err());
}

#[test]
fn comments_and_trailing_commas_are_read_where_they_are_allowed() {
    let json = parse_relaxed("// top\n{ /* a */ \"a\": [1, 2,], // b\n }").unwrap();
    assert_eq!(json.get("a").unwrap().items().len(), 2);
}

#[test]
fn a_specifier_names_a_package_or_none() {
    for (specifier, package) in [
        ("react", Some("react")),
        ("lodash/fp/get", Some("lodash")),
        ("@scope/name", Some("@scope/name")),
        ("@scope/name/deep", Some("@scope/name")),
        ("JSONStream", Some("JSONStream")),
        ("./a", None),
        ("@/components/a", None),
        ("~/a", None),
        ("#internal", None),
        ("virtual:icons", None),
        ("https://esm.sh/react", None),
        ("!style-loader!css", None),
        ("$lib/a", None),
        ("", None),
        ("@scope", None),
    ] {
        assert_eq!(package_of(specifier), package, "{specifier}");
    }
    assert_eq!(types_of("@a/b"), "@types/a__b");
    assert_eq!(typed_by("@types/a__b").as_deref(), Some("@a/b"));
}

#[test]
fn the_words_of_a_script_hold_its_binaries_and_preloaded_packages() {
    let found: Vec<&str> = words("NODE_ENV=test cross-env A=1 c8 --reporter=lcov node -r ts-node/register ./node_modules/.bin/mocha \"src/**\" && tsc -p .").collect();
    for expected in ["cross-env", "c8", "lcov", "ts-node/register", "mocha", "tsc"] {
        assert!(found.contains(&expected), "{expected} of {found:?}");
    }
}

#[test]
fn the_programs_of_a_workflow_are_told_from_its_other_words() {
    let yaml = "name: eslint\njobs:\n  lint:\n    steps:\n      - uses: actions/setup-node@v4\n      - run: npx --yes prettier@3 --check . && yarn run tsc\n      # - run: mocha\n      - run: |\n          cross-env CI=1 vitest run\n";
    let found = programs(yaml);
    for expected in ["prettier", "tsc", "cross-env", "vitest"] {
        assert!(found.contains(&expected), "{expected} of {found:?}");
    }
    for other in ["eslint", "mocha", "lint"] {
        assert!(!found.contains(&other), "{other} of {found:?}");
    }
}

#[test]
fn configuration_names_packages_in_strings_and_keys_but_not_in_comments() {
    let code = "import x from 'imported';\n// 'commented'\nmodule.exports = { plugins: ['a-plugin', \"plugin:b/recommended\"], postcss: { autoprefixer: {} }, f: require('required') };\n";
    let found = code_words(code);
    for expected in ["a-plugin", "b/recommended", "autoprefixer"] {
        assert!(found.contains(&expected), "{expected} of {found:?}");
    }
    for other in ["imported", "commented", "required"] {
        assert!(!found.contains(&other), "{other} of {found:?}");
    }
    let data: Vec<&str> = data_words("# comment\nextends:\n  - '@scope/config/strict'\npreset: ts-jest\n").collect();
    assert_eq!(data, ["extends", "@scope/config/strict", "preset", "ts-jest"]);
}

#[test]
fn plugins_are_known_by_the_short_names_that_configurations_use() {
    for (package, tool, short) in [
        ("eslint-plugin-react", "eslint", "react"),
        ("@scope/eslint-plugin", "eslint", "@scope"),
        ("@scope/eslint-plugin-x", "eslint", "@scope/x"),
        ("eslint-config-airbnb", "eslint", "airbnb"),
        ("eslint-import-resolver-typescript", "eslint", "typescript"),
        ("@babel/preset-env", "babel", "env"),
        ("@babel/preset-env", "babel", "@babel/env"),
        ("babel-plugin-lodash", "babel", "lodash"),
        ("jest-environment-jsdom", "jest", "jsdom"),
        ("@vitest/coverage-v8", "vitest", "v8"),
        ("@graphql-codegen/typescript", "codegen", "typescript"),
        ("@docusaurus/preset-classic", "docusaurus", "classic"),
        ("@types/node", "tsconfig", "node"),
    ] {
        assert!(tool::short_names(package).contains(&(tool, short.to_string())), "{package}");
    }
    assert!(tool::usual_binaries("typescript").contains(&"tsc"));
    assert!(tool::usual_binaries("postcss-cli").contains(&"postcss"));
    assert!(tool::hosts_of("react-dom").contains(&"next"));
    assert!(tool::hosts_of("vue-loader").is_empty());
}

#[test]
fn a_path_says_what_a_file_is_for() {
    for (path, expected) in [
        ("src/index.ts", Role::Production),
        ("src/a.test.ts", Role::Test),
        ("src/__tests__/a.ts", Role::Test),
        ("test/helper.js", Role::Test),
        ("src/button.stories.tsx", Role::Test),
        ("vite.config.ts", Role::Config),
        (".eslintrc.cjs", Role::Config),
        ("gulpfile.js", Role::Config),
        ("scripts/build.js", Role::Script),
        ("examples/basic/index.js", Role::Example),
        ("src/scripts/run.ts", Role::Production),
        ("index.js", Role::Production),
    ] {
        assert_eq!(role(path), expected, "{path}");
    }
}
