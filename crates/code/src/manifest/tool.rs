//! What is known of common tools: the commands they bring, the files that configure them, the short names by which
//! their plugins are called, and what they need beside them.

use super::name::unscoped;

/// Commands whose name is not the package's, for packages that are not installed.
const BINARIES: [(&str, &[&str]); 78] = [
    ("typescript", &["tsc", "tsserver"]),
    ("@typescript/native-preview", &["tsgo"]),
    ("@angular/cli", &["ng"]),
    ("@angular/compiler-cli", &["ngc", "ng-xi18n"]),
    ("@nestjs/cli", &["nest"]),
    ("@biomejs/biome", &["biome"]),
    ("@changesets/cli", &["changeset"]),
    ("@commitlint/cli", &["commitlint"]),
    ("@babel/cli", &["babel"]),
    ("@babel/node", &["babel-node"]),
    ("@swc/cli", &["swc", "spack", "swcx"]),
    ("@playwright/test", &["playwright"]),
    ("@graphql-codegen/cli", &["graphql-codegen", "graphql-codegen-esm", "gql-gen"]),
    ("@microsoft/api-extractor", &["api-extractor"]),
    ("@microsoft/api-documenter", &["api-documenter"]),
    ("@vue/cli-service", &["vue-cli-service"]),
    ("@vue/cli", &["vue"]),
    ("@sveltejs/kit", &["svelte-kit"]),
    ("@sveltejs/package", &["svelte-package"]),
    ("@storybook/cli", &["storybook", "sb"]),
    ("@docusaurus/core", &["docusaurus"]),
    ("@tailwindcss/cli", &["tailwindcss"]),
    ("@capacitor/cli", &["cap", "capacitor"]),
    ("@ionic/cli", &["ionic"]),
    ("@expo/cli", &["expo"]),
    ("@react-native-community/cli", &["react-native"]),
    ("@react-router/dev", &["react-router"]),
    ("@react-router/serve", &["react-router-serve"]),
    ("@remix-run/dev", &["remix"]),
    ("@remix-run/serve", &["remix-serve"]),
    ("@prisma/cli", &["prisma"]),
    ("@redocly/cli", &["redocly", "openapi"]),
    ("@openapitools/openapi-generator-cli", &["openapi-generator-cli"]),
    ("@stoplight/spectral-cli", &["spectral"]),
    ("@cspell/cspell", &["cspell"]),
    ("@arethetypeswrong/cli", &["attw"]),
    ("@vercel/ncc", &["ncc"]),
    ("@vscode/vsce", &["vsce"]),
    ("@vscode/test-cli", &["vscode-test"]),
    ("@cyclonedx/cyclonedx-npm", &["cyclonedx-npm"]),
    ("@dotenvx/dotenvx", &["dotenvx"]),
    ("@moonrepo/cli", &["moon"]),
    ("@napi-rs/cli", &["napi"]),
    ("@neutralinojs/neu", &["neu"]),
    ("@tauri-apps/cli", &["tauri"]),
    ("@wordpress/scripts", &["wp-scripts"]),
    ("@wordpress/env", &["wp-env"]),
    ("@google/clasp", &["clasp"]),
    ("@google-cloud/functions-framework", &["functions-framework"]),
    ("@electron-forge/cli", &["electron-forge"]),
    ("@electron/rebuild", &["electron-rebuild"]),
    ("@ls-lint/ls-lint", &["ls-lint"]),
    ("@lhci/cli", &["lhci"]),
    ("@web/test-runner", &["wtr", "web-test-runner"]),
    ("@web/dev-server", &["wds", "web-dev-server"]),
    ("@rspack/cli", &["rspack"]),
    ("@rsbuild/core", &["rsbuild"]),
    ("@rslib/core", &["rslib"]),
    ("@rstest/core", &["rstest"]),
    ("@farmfe/cli", &["farm"]),
    ("@modern-js/app-tools", &["modern"]),
    ("@hey-api/openapi-ts", &["openapi-ts"]),
    ("nyc", &["nyc"]),
    ("tap", &["tap"]),
    ("npm-run-all", &["run-s", "run-p", "npm-run-all"]),
    ("npm-run-all2", &["run-s", "run-p", "npm-run-all", "npm-run-all2"]),
    ("npm-check-updates", &["ncu", "npm-check-updates"]),
    ("markdownlint-cli2", &["markdownlint-cli2"]),
    ("markdownlint-cli", &["markdownlint"]),
    ("remark-cli", &["remark"]),
    ("gulp-cli", &["gulp"]),
    ("grunt-cli", &["grunt"]),
    ("jest-cli", &["jest"]),
    ("webpack-cli", &["webpack", "webpack-cli"]),
    ("ember-cli", &["ember"]),
    ("dependency-cruiser", &["depcruise", "depcruise-fmt"]),
    ("concurrently", &["concurrently", "conc"]),
    ("start-server-and-test", &["start-test", "server-test"]),
];

/// More commands, one name each: a second table so that each stays in view.
const MORE_BINARIES: [(&str, &str); 44] = [
    ("http-server", "hs"),
    ("mkdirp", "mkdirp"),
    ("shx", "shx"),
    ("copyfiles", "copyup"),
    ("cpy-cli", "cpy"),
    ("del-cli", "del"),
    ("ncp", "ncp"),
    ("ts-node", "ts-node-esm"),
    ("ts-node", "ts-script"),
    ("ts-node-dev", "tsnd"),
    ("tsc-watch", "tsc-watch"),
    ("tsc-alias", "tsc-alias"),
    ("vue-tsc", "vue-tsc"),
    ("svelte-check", "svelte-check"),
    ("npm-packlist", "npm-packlist"),
    ("standard-version", "standard-version"),
    ("commitizen", "cz"),
    ("commitizen", "git-cz"),
    ("conventional-changelog-cli", "conventional-changelog"),
    ("auto-changelog", "auto-changelog"),
    ("sort-package-json", "sort-package-json"),
    ("lockfile-lint", "lockfile-lint"),
    ("license-checker", "license-checker"),
    ("json-schema-to-typescript", "json2ts"),
    ("openapi-typescript", "openapi-typescript"),
    ("protobufjs-cli", "pbjs"),
    ("protobufjs-cli", "pbts"),
    ("grpc-tools", "grpc_tools_node_protoc"),
    ("uglify-js", "uglifyjs"),
    ("clean-css-cli", "cleancss"),
    ("postcss-cli", "postcss"),
    ("less", "lessc"),
    ("svgo", "svgo"),
    ("marked-man", "marked-man"),
    ("electron-builder", "install-app-deps"),
    ("cross-env", "cross-env-shell"),
    ("dotenv-cli", "dotenv"),
    ("env-cmd", "env-cmd"),
    ("pm2", "pm2-runtime"),
    ("node-gyp-build", "node-gyp-build"),
    ("prebuildify", "prebuildify"),
    ("coveralls", "coveralls"),
    ("publint", "publint"),
    ("husky", "husky-run"),
];

/// The first words of the names of files (or folders at the top of a package) that configure a package, where they do
/// not follow from its name.
const CONFIGS: [(&str, &[&str]); 50] = [
    ("typescript", &["tsconfig."]),
    ("tailwindcss", &["tailwind.config."]),
    ("@playwright/test", &["playwright.config.", "playwright-ct.config."]),
    ("@changesets/cli", &[".changeset/"]),
    ("@commitlint/cli", &["commitlint.config.", ".commitlintrc"]),
    ("commitizen", &[".czrc", ".cz.json", ".cz-config."]),
    ("semantic-release", &[".releaserc", "release.config."]),
    ("@babel/core", &["babel.config.", ".babelrc"]),
    ("@swc/core", &[".swcrc"]),
    ("@graphql-codegen/cli", &["codegen."]),
    ("@microsoft/api-extractor", &["api-extractor."]),
    ("@angular/cli", &["angular.json"]),
    ("@angular-devkit/build-angular", &["angular.json"]),
    ("@angular/build", &["angular.json"]),
    ("@nestjs/cli", &["nest-cli.json"]),
    ("@nestjs/schematics", &["nest-cli.json"]),
    ("@capacitor/cli", &["capacitor.config."]),
    ("@vue/cli-service", &["vue.config."]),
    ("storybook", &[".storybook/"]),
    ("@storybook/cli", &[".storybook/"]),
    ("drizzle-kit", &["drizzle.config."]),
    ("prisma", &["schema.prisma", "prisma.config."]),
    ("@prisma/client", &["schema.prisma", "prisma.config."]),
    ("knex", &["knexfile."]),
    ("expo", &["app.json", "app.config."]),
    ("metro", &["metro.config."]),
    ("ember-cli", &["ember-cli-build."]),
    ("hardhat", &["hardhat.config."]),
    ("firebase-tools", &["firebase.json"]),
    ("wrangler", &["wrangler."]),
    ("serverless", &["serverless."]),
    ("@sveltejs/kit", &["svelte.config."]),
    ("svelte", &["svelte.config."]),
    ("remark-cli", &[".remarkrc", "remark.config."]),
    ("markdownlint-cli", &[".markdownlint"]),
    ("markdownlint-cli2", &[".markdownlint"]),
    ("dependency-cruiser", &[".dependency-cruiser."]),
    ("@docusaurus/core", &["docusaurus.config."]),
    ("gatsby", &["gatsby-config.", "gatsby-node.", "gatsby-browser.", "gatsby-ssr."]),
    ("@web/test-runner", &["web-test-runner.config."]),
    ("@rsbuild/core", &["rsbuild.config."]),
    ("@rslib/core", &["rslib.config."]),
    ("@rspack/core", &["rspack.config."]),
    ("@react-router/dev", &["react-router.config."]),
    ("@electron-forge/cli", &["forge.config."]),
    ("editorconfig-checker", &[".editorconfig"]),
    ("lefthook", &["lefthook."]),
    ("cspell", &["cspell.", ".cspell"]),
    ("@wordpress/env", &[".wp-env."]),
    ("@stencil/core", &["stencil.config."]),
];

/// What the presence of a key in package.json says about a dependency.
const KEYS: [(&str, &str); 17] = [
    ("eslint", "eslintConfig"),
    ("@babel/core", "babel"),
    ("@commitlint/cli", "commitlint"),
    ("semantic-release", "release"),
    ("ts-standard", "standard"),
    ("@microsoft/api-extractor", "api-extractor"),
    ("electron-builder", "build"),
    ("pre-commit", "precommit"),
    ("ghooks", "config"),
    ("oclif", "oclif"),
    ("@oclif/core", "oclif"),
    ("@napi-rs/cli", "napi"),
    ("size-limit", "size-limit"),
    ("typescript-json-schema", "schema"),
    ("tap", "tap"),
    ("simple-git-hooks", "simple-git-hooks"),
    ("@vscode/vsce", "contributes"),
];

/// Packages that are used without being named once another package is in use (or, for a name that ends in `*`, once
/// any package that starts so is in use): peers that must be there, drivers loaded by name, plugins loaded by prefix.
const COMPANIONS: [(&str, &[&str]); 74] = [
    (
        "react-dom",
        &[
            "next",
            "gatsby",
            "react-scripts",
            "@docusaurus/core",
            "@testing-library/react",
            "@storybook/react*",
            "@remix-run/*",
            "react-router-dom",
            "@mui/*",
            "antd",
            "@radix-ui/*",
            "@headlessui/react",
            "styled-components",
            "framer-motion",
            "react-native-web",
        ],
    ),
    (
        "react",
        &[
            "react-dom",
            "next",
            "gatsby",
            "react-native",
            "ink",
            "@docusaurus/core",
            "react-scripts",
            "expo",
            "@storybook/*",
        ],
    ),
    ("react-native", &["expo", "react-native-*", "@react-native*"]),
    ("react-test-renderer", &["@testing-library/react-native", "react-native", "@testing-library/react-hooks"]),
    (
        "@testing-library/dom",
        &["@testing-library/react", "@testing-library/user-event", "@testing-library/vue", "@testing-library/svelte"],
    ),
    (
        "typescript",
        &[
            "ts-jest",
            "ts-node",
            "ts-loader",
            "typescript-eslint",
            "@typescript-eslint/*",
            "rollup-plugin-typescript2",
            "@rollup/plugin-typescript",
            "tsup",
            "typedoc",
            "@angular/*",
            "rollup-plugin-dts",
            "tsd",
            "awesome-typescript-loader",
            "fork-ts-checker-webpack-plugin",
            "vue-tsc",
            "@microsoft/api-extractor",
            "react-scripts",
            "svelte-check",
            "gulp-typescript",
        ],
    ),
    ("tslib", &["@rollup/plugin-typescript", "rollup-plugin-typescript2", "@angular/*", "@nx/*", "@nrwl/*"]),
    (
        "@typescript-eslint/parser",
        &[
            "@typescript-eslint/eslint-plugin",
            "eslint-config-airbnb-typescript",
            "eslint-config-standard-with-typescript",
            "eslint-config-love",
        ],
    ),
    (
        "@typescript-eslint/eslint-plugin",
        &[
            "eslint-config-airbnb-typescript",
            "eslint-config-standard-with-typescript",
            "eslint-config-standard-typescript",
        ],
    ),
    ("eslint", &["eslint-*", "@typescript-eslint/*", "@eslint/*", "typescript-eslint"]),
    ("eslint-plugin-import", &["eslint-config-airbnb*", "eslint-config-standard*", "eslint-import-resolver-*"]),
    ("eslint-plugin-n", &["eslint-config-standard*"]),
    ("eslint-plugin-node", &["eslint-config-standard*"]),
    ("eslint-plugin-promise", &["eslint-config-standard*"]),
    ("eslint-plugin-standard", &["eslint-config-standard*"]),
    ("eslint-plugin-jsx-a11y", &["eslint-config-airbnb", "eslint-config-airbnb-typescript", "eslint-config-react-app"]),
    (
        "eslint-plugin-react",
        &[
            "eslint-config-airbnb",
            "eslint-config-airbnb-typescript",
            "eslint-config-standard-react",
            "eslint-config-standard-jsx",
            "eslint-config-react-app",
        ],
    ),
    (
        "eslint-plugin-react-hooks",
        &["eslint-config-airbnb", "eslint-config-airbnb-typescript", "eslint-config-react-app"],
    ),
    ("eslint-config-prettier", &["eslint-plugin-prettier"]),
    (
        "prettier",
        &[
            "eslint-plugin-prettier",
            "prettier-plugin-*",
            "@trivago/prettier-plugin-sort-imports",
            "@ianvs/prettier-plugin-sort-imports",
        ],
    ),
    (
        "@babel/core",
        &[
            "babel-loader",
            "babel-jest",
            "@babel/*",
            "babel-preset-*",
            "babel-plugin-*",
            "@rollup/plugin-babel",
            "babelify",
            "gulp-babel",
            "@vue/cli-plugin-babel",
            "babel-eslint",
        ],
    ),
    (
        "@babel/runtime",
        &[
            "@babel/plugin-transform-runtime",
            "babel-preset-react-app",
            "babel-preset-expo",
            "metro-react-native-babel-preset",
            "@react-native/babel-preset",
            "react-scripts",
            "babel-preset-gatsby",
        ],
    ),
    ("@babel/preset-env", &["@wordpress/babel-preset-default"]),
    ("@swc/core", &["@swc/*", "swc-loader", "unplugin-swc", "rollup-plugin-swc3"]),
    ("@swc/helpers", &["@swc/*"]),
    ("webpack-cli", &["webpack", "webpack-dev-server"]),
    ("webpack-dev-server", &["webpack-cli"]),
    ("webpack", &["webpack-cli", "babel-loader", "ts-loader", "css-loader", "html-webpack-plugin", "@nestjs/cli"]),
    ("file-loader", &["url-loader"]),
    ("css-loader", &["style-loader", "mini-css-extract-plugin"]),
    ("sass", &["sass-loader", "gulp-sass"]),
    ("node-sass", &["sass-loader", "gulp-sass"]),
    ("less", &["less-loader"]),
    ("stylus", &["stylus-loader"]),
    ("postcss", &["autoprefixer", "tailwindcss", "postcss-*", "cssnano", "@tailwindcss/postcss", "stylelint*"]),
    ("autoprefixer", &["@angular-devkit/build-angular"]),
    (
        "graphql",
        &[
            "@apollo/*",
            "apollo-*",
            "@graphql-codegen/*",
            "@graphql-tools/*",
            "graphql-*",
            "urql",
            "@urql/*",
            "@nestjs/graphql",
            "type-graphql",
            "graphql-yoga",
        ],
    ),
    ("@vitest/coverage-v8", &["vitest"]),
    ("@vitest/coverage-c8", &["vitest"]),
    ("@vitest/coverage-istanbul", &["vitest"]),
    ("@vitest/ui", &["vitest"]),
    ("babel-jest", &["jest", "jest-cli"]),
    ("jest-circus", &["jest", "jest-cli"]),
    ("jest-config", &["jest", "jest-cli"]),
    ("jest", &["ts-jest", "jest-cli", "jest-environment-*", "babel-jest", "jest-preset-angular", "@swc/jest"]),
    ("karma-*", &["karma"]),
    ("jasmine-core", &["karma-jasmine", "jasmine"]),
    ("chai", &["karma-chai"]),
    ("mocha", &["karma-mocha", "ts-mocha", "mochawesome", "gulp-mocha"]),
    ("grunt-*", &["load-grunt-tasks", "jit-grunt", "matchdep"]),
    ("gulp-*", &["gulp-load-plugins"]),
    ("hexo-*", &["hexo"]),
    ("@size-limit/*", &["size-limit"]),
    ("typedoc-plugin-*", &["typedoc"]),
    (
        "pg",
        &[
            "knex",
            "sequelize",
            "typeorm",
            "@mikro-orm/*",
            "drizzle-orm",
            "kysely",
            "pg-promise",
            "@nestjs/typeorm",
            "bookshelf",
            "pg-boss",
        ],
    ),
    ("pg-hstore", &["sequelize"]),
    ("mysql2", &["knex", "sequelize", "typeorm", "drizzle-orm", "kysely", "bookshelf"]),
    ("mysql", &["knex", "sequelize", "typeorm", "bookshelf"]),
    ("sqlite3", &["knex", "sequelize", "typeorm", "sqlite", "bookshelf"]),
    ("better-sqlite3", &["knex", "typeorm", "drizzle-orm", "kysely"]),
    ("tedious", &["knex", "sequelize", "mssql", "kysely"]),
    ("mssql", &["typeorm", "knex"]),
    ("oracledb", &["knex", "typeorm", "sequelize"]),
    ("mongodb", &["typeorm", "mongoose"]),
    ("redis", &["connect-redis", "typeorm"]),
    ("bufferutil", &["ws", "socket.io", "discord.js", "puppeteer", "jsdom"]),
    ("utf-8-validate", &["ws", "socket.io", "discord.js", "puppeteer", "jsdom"]),
    ("encoding", &["node-fetch", "iconv-lite", "cross-fetch"]),
    ("canvas", &["jsdom", "jest-environment-jsdom", "fabric"]),
    ("zone.js", &["@angular/*"]),
    ("rxjs", &["@angular/*", "@nestjs/*"]),
    (
        "reflect-metadata",
        &["@nestjs/*", "typeorm", "inversify", "tsyringe", "type-graphql", "class-transformer", "sequelize-typescript"],
    ),
    ("@nestjs/platform-express", &["@nestjs/core"]),
    ("class-transformer", &["@nestjs/common", "class-validator"]),
];

/// More companions: whole families that come together.
const FAMILIES: [(&str, &[&str]); 22] = [
    ("babel-core", &["babel-jest", "jest", "jest-cli"]),
    ("@angular/*", &["@angular/core", "@angular/cli"]),
    ("@angular-devkit/build-angular", &["@angular/cli"]),
    ("@angular-eslint/*", &["@angular/core"]),
    ("class-validator", &["@nestjs/common"]),
    ("@capacitor/*", &["@capacitor/cli", "@capacitor/core"]),
    ("@prisma/client", &["prisma"]),
    ("prisma", &["@prisma/client"]),
    ("@vue/compiler-sfc", &["vue", "vue-loader", "vue-jest", "@vue/vue3-jest"]),
    ("vue-template-compiler", &["vue", "vue-loader"]),
    ("@nuxt/devtools", &["nuxt"]),
    ("vue", &["nuxt", "@nuxt/kit", "vitepress", "vuepress"]),
    ("vue-router", &["nuxt"]),
    ("@expo/*", &["expo"]),
    ("expo-*", &["expo"]),
    ("@types/react-dom", &["@types/react"]),
    (
        "esbuild",
        &["esbuild-register", "esbuild-loader", "tsup", "esbuild-jest", "esbuild-node-externals", "serverless-esbuild"],
    ),
    ("rollup", &["@rollup/*", "rollup-plugin-*"]),
    ("vite", &["vitest", "@vitejs/*", "vite-plugin-*", "@sveltejs/kit", "@storybook/*-vite"]),
    ("gulp", &["gulp-cli", "gulp-*"]),
    ("grunt", &["grunt-cli", "grunt-*"]),
    ("@storybook/*", &["storybook", "@storybook/cli"]),
];

/// Whether a name fits a pattern of the tables, in which one `*` stands for anything.
pub(super) fn fits(name: &str, pattern: &str) -> bool {
    match pattern.split_once('*') {
        Some((start, end)) => name.len() >= start.len() + end.len() && name.starts_with(start) && name.ends_with(end),
        None => name == pattern,
    }
}

/// The commands that a package brings as far as its name tells; what is installed says more.
pub(super) fn usual_binaries(package: &str) -> Vec<&str> {
    let named = BINARIES.iter().filter(|(name, _)| *name == package).flat_map(|(_, binaries)| binaries.iter().copied());
    let more = MORE_BINARIES.iter().filter(|(name, _)| *name == package).map(|(_, binary)| *binary);
    let mut binaries: Vec<&str> = named.chain(more).collect();
    binaries.push(unscoped(package));
    if let Some(short) = unscoped(package).strip_suffix("-cli") {
        binaries.push(short);
    }
    binaries
}

/// The starts of the names of files that configure a package.
pub(super) fn config_starts(package: &str) -> Vec<String> {
    if package.starts_with("@types/") {
        return Vec::new();
    }
    let known = CONFIGS.iter().filter(|(name, _)| *name == package).flat_map(|(_, starts)| starts.iter());
    let mut starts: Vec<String> = known.map(|start| (*start).to_string()).collect();
    let own = unscoped(package);
    let stem = own.strip_suffix("-cli").unwrap_or(own);
    for end in [".config.", ".conf.", ".json", ".yml", ".yaml", ".toml", "file."] {
        starts.push(format!("{stem}{end}"));
    }
    for (start, end) in [(".", "rc"), (".", "."), (".", "/")] {
        starts.push(format!("{start}{stem}{end}"));
    }
    if stem == "lint-staged" {
        starts.push(".lintstagedrc".to_string());
    }
    starts
}

/// The key of package.json that configures a package.
pub(super) fn has_key_of(package: &str, key: &str) -> bool {
    package == key || KEYS.contains(&(package, key))
}

/// Whether a package is used because another one is.
pub(super) fn is_companion(package: &str, used: &str) -> bool {
    let tables = COMPANIONS.iter().chain(&FAMILIES);
    let rules = tables.filter(|(name, _)| fits(package, name));
    rules.flat_map(|(_, hosts)| hosts.iter()).any(|host| fits(used, host)) && package != used
}

/// The short names by which a tool's configuration may call a package, each with the word that the name of such a
/// configuration file contains.
pub(super) fn short_names(package: &str) -> Vec<(&'static str, String)> {
    let mut names = Vec::new();
    for (tool, kinds) in [
        ("eslint", ["plugin", "config", "import-resolver", "formatter"].as_slice()),
        ("babel", ["plugin", "preset"].as_slice()),
        ("stylelint", ["config", "plugin"].as_slice()),
        ("prettier", ["plugin", "config"].as_slice()),
        ("jest", ["environment", "runner", "watch", "preset"].as_slice()),
        ("commitlint", ["config", "plugin"].as_slice()),
        ("karma", [""].as_slice()),
        ("remark", [""].as_slice()),
        ("postcss", [""].as_slice()),
        ("gatsby", ["plugin"].as_slice()),
        ("docusaurus", ["plugin", "preset", "theme"].as_slice()),
    ] {
        names.extend(kinds.iter().filter_map(|kind| short_name(package, tool, kind)).map(|name| (tool, name)));
    }
    let scopes =
        [("ava", "@ava/"), ("babel", "@babel/"), ("codegen", "@graphql-codegen/"), ("graphql", "@graphql-codegen/")];
    for (tool, scope) in scopes.into_iter().chain([("docusaurus", "@docusaurus/"), ("vitest", "@vitest/coverage-")]) {
        if let Some(own) = package.strip_prefix(scope) {
            names.push((tool, own.to_string()));
            for kind in ["plugin-", "preset-", "theme-"] {
                let short = own.strip_prefix(kind);
                names.extend(
                    short.into_iter().flat_map(|own| [(tool, own.to_string()), (tool, format!("{scope}{own}"))]),
                );
            }
        }
    }
    if let Some(typed) = super::name::typed_by(package) {
        names.push(("tsconfig", typed));
    }
    names
}

/// `x` of `eslint-plugin-x`, `@scope` of `@scope/eslint-plugin`, `@scope/x` of `@scope/eslint-plugin-x`.
fn short_name(package: &str, tool: &str, kind: &str) -> Option<String> {
    let head = if kind.is_empty() { tool.to_string() } else { format!("{tool}-{kind}") };
    let rest = unscoped(package).strip_prefix(&head)?;
    let own = if rest.is_empty() { rest } else { rest.strip_prefix('-')? };
    match package.strip_prefix('@').and_then(|scoped| scoped.split_once('/')) {
        Some((scope, _)) if own.is_empty() => Some(format!("@{scope}")),
        Some((scope, _)) => Some(format!("@{scope}/{own}")),
        None => (!own.is_empty()).then(|| own.to_string()),
    }
}
