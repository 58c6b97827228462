use std::collections::BTreeMap;

use rustc_hash::FxHashSet;

use super::edit::Wish;
use super::package::{Declared, Package, Section};
use super::production::{self, Production};
use super::role::Role;
use super::usage::{ImportUse, Usage};
use super::view::{Key, View};
use crate::report::{DependencyAction, DependencyFinding, DependencyKind, Language, Location};

/// Places named in a finding.
const PLACES: usize = 5;

/// Modules that a host program provides and nobody installs.
const HOST_MODULES: [&str; 12] =
    ["vscode", "atom", "electron", "bun", "k6", "obsidian", "photoshop", "uxp", "sketch", "figma", "aws-sdk", "deno"];

/// Packages that another package brings for everyone to import.
const PROVIDED: [(&str, &[&str]); 14] = [
    ("@jest/globals", &["jest", "jest-cli"]),
    ("@jest/types", &["jest", "ts-jest"]),
    ("@storybook/test", &["storybook"]),
    ("@storybook/*", &["storybook", "@storybook/*"]),
    ("@theme/*", &["@docusaurus/core"]),
    ("@site/*", &["@docusaurus/core"]),
    ("@generated/*", &["@docusaurus/core"]),
    ("@docusaurus/*", &["@docusaurus/core"]),
    ("@ember/*", &["ember-source", "ember-cli"]),
    ("ember", &["ember-source", "ember-cli"]),
    ("@glimmer/*", &["ember-source", "ember-cli"]),
    ("estree", &["@types/estree"]),
    ("rsvp", &["ember-source"]),
    ("react-test-renderer", &["react-native"]),
];

/// Everything to say about one package, and what its manifest should become.
#[derive(Default)]
pub(super) struct Findings {
    pub(super) list: Vec<DependencyFinding>,
    pub(super) wishes: Vec<Wish>,
}

/// The findings of one package. Peers and optional dependencies are promises to others and are not judged.
pub(super) fn of_package(view: &View<'_>, usage: &Usage, aliases: &FxHashSet<Key>, at: usize) -> Findings {
    let package = &view.packages.list[at];
    let mut findings = Findings::default();
    let context = Context::new(view, usage, aliases, at);
    let mut names: Vec<&str> = package.declared.iter().map(|declared| declared.name.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    for name in names {
        let own: Vec<&Declared> = package
            .sections(name)
            .filter(|one| matches!(one.section, Section::Production | Section::Development))
            .collect();
        if own.is_empty() {
            continue;
        }
        let key = (at, name.to_string());
        if !usage.is_used(&key) {
            own.iter().for_each(|declared| unused(&context, &mut findings, declared, usage.imports_of(&key)));
        } else if own.len() > 1 {
            duplicate(&context, &mut findings, &own);
        } else if let Some(declared) = own.first() {
            misplaced(&context, &mut findings, declared, usage.imports_of(&key));
        }
    }
    undeclared(&context, &mut findings);
    settle_moves(package, &mut findings);
    findings
}

struct Context<'a> {
    view: &'a View<'a>,
    usage: &'a Usage,
    aliases: &'a FxHashSet<Key>,
    at: usize,
    package: &'a Package,
    production: Production,
    is_bundled: bool,
    has_modules: bool,
}

impl<'a> Context<'a> {
    fn new(view: &'a View<'a>, usage: &'a Usage, aliases: &'a FxHashSet<Key>, at: usize) -> Self {
        let package = &view.packages.list[at];
        let folder = if package.folder.is_empty() { String::new() } else { format!("{}/", package.folder) };
        Self {
            view,
            usage,
            aliases,
            at,
            package,
            production: production::modules(view, at),
            is_bundled: production::is_bundled(view, at),
            has_modules: view.project.modules.iter().any(|module| module.path.starts_with(&folder)),
        }
    }

    fn runs_in_production(&self, import: &ImportUse) -> bool {
        import.role == Role::Production && self.production.modules.contains(&import.module)
    }

    fn finding(
        &self,
        declared: &Declared,
        kind: DependencyKind,
        action: DependencyAction,
        reason: String,
    ) -> DependencyFinding {
        DependencyFinding {
            language: Language::Javascript,
            location: self.package.location(declared.span.start),
            name: declared.name.clone(),
            kind,
            section: Some(declared.section.key().to_string()),
            to: None,
            action,
            reason,
            uses: Vec::new(),
        }
    }
}

fn unused(context: &Context<'_>, findings: &mut Findings, declared: &Declared, imports: &[ImportUse]) {
    if !imports.is_empty() {
        let reason = format!("every import of it is unused: {} to remove first", count(imports.len(), "import"));
        let mut finding =
            context.finding(declared, DependencyKind::OnlyUnusedImports, DependencyAction::Report, reason);
        finding.uses = places(imports.iter());
        findings.list.push(finding);
        return;
    }
    let (action, reason) = if context.view.names.contains(declared.name.as_str()) {
        let reason = "nothing uses it; it is a package of this workspace, so declaring it may order the build";
        (DependencyAction::Report, reason.to_string())
    } else if context.has_modules {
        (DependencyAction::Remove, "no import, script, configuration or other dependency uses it".to_string())
    } else {
        (
            DependencyAction::Report,
            "nothing uses it, but this package has no JavaScript or TypeScript of its own".to_string(),
        )
    };
    if action == DependencyAction::Remove {
        findings.wishes.push(Wish::Remove {
            span: declared.span.clone(),
            title: format!("remove unused dependency \"{}\" from {}", declared.name, declared.section.key()),
        });
    }
    findings.list.push(context.finding(declared, DependencyKind::Unused, action, reason));
}

fn duplicate(context: &Context<'_>, findings: &mut Findings, own: &[&Declared]) {
    // Of two equal keys the last counts; of two sections the one for production is the one that users need.
    for (index, declared) in own.iter().enumerate() {
        let again = own.iter().skip(index + 1).any(|other| other.section == declared.section);
        let elsewhere = declared.section == Section::Development
            && own
                .iter()
                .find(|other| other.section == Section::Production)
                .is_some_and(|other| other.version == declared.version);
        let differs = declared.section == Section::Development
            && !again
            && !elsewhere
            && own.iter().any(|other| other.section == Section::Production);
        let (action, reason) = if again {
            (
                DependencyAction::Remove,
                format!("it stands twice in {}, and the later one counts", declared.section.key()),
            )
        } else if elsewhere {
            (DependencyAction::Remove, "dependencies declares the same version".to_string())
        } else if differs {
            (DependencyAction::Report, "dependencies declares another version of it".to_string())
        } else {
            continue;
        };
        if action == DependencyAction::Remove {
            let line = context.package.location(declared.span.start).line;
            findings.wishes.push(Wish::Remove {
                span: declared.span.clone(),
                title: format!("remove duplicate \"{}\" from {} (line {line})", declared.name, declared.section.key()),
            });
        }
        findings.list.push(context.finding(declared, DependencyKind::Duplicate, action, reason));
    }
}

fn misplaced(context: &Context<'_>, findings: &mut Findings, declared: &Declared, imports: &[ImportUse]) {
    let name = declared.name.as_str();
    let is_promised =
        context.package.sections(name).any(|other| matches!(other.section, Section::Peer | Section::Optional));
    if is_promised || name.starts_with("@types/") {
        return;
    }
    match declared.section {
        Section::Development => needed_in_production(context, findings, declared, imports),
        Section::Production => needed_in_development(context, findings, declared, imports),
        Section::Peer | Section::Optional => {}
    }
}

/// A development dependency that production code evaluates: an installation without development dependencies breaks.
fn needed_in_production(context: &Context<'_>, findings: &mut Findings, declared: &Declared, imports: &[ImportUse]) {
    let needing: Vec<&ImportUse> = imports
        .iter()
        .filter(|import| import.is_value() && !import.is_conditional && context.runs_in_production(import))
        .collect();
    if needing.is_empty() || context.is_bundled || context.view.names.contains(declared.name.as_str()) {
        return;
    }
    let is_published = !context.package.is_private && context.package.name.is_some();
    let separates = context.package.declared.iter().any(|other| {
        let key = (context.at, other.name.clone());
        let imports = context.usage.imports_of(&key);
        other.section == Section::Production
            && imports.iter().any(|import| import.is_value() && context.runs_in_production(import))
    });
    if !is_published && !separates {
        return;
    }
    let is_certain = needing.iter().any(|import| context.production.entered.contains(&import.module));
    let action = if is_published && is_certain { DependencyAction::Move } else { DependencyAction::Report };
    let reason = format!("production code imports it in {}", count(files(&needing), "file"));
    push_misplaced(context, findings, declared, Section::Production, action, reason, &needing);
}

/// A production dependency that only tests evaluate: everybody who installs the package installs it too.
fn needed_in_development(context: &Context<'_>, findings: &mut Findings, declared: &Declared, imports: &[ImportUse]) {
    let key = (context.at, declared.name.clone());
    let used: Vec<&ImportUse> = imports.iter().filter(|import| !import.is_unused).collect();
    let only_tests = used.iter().all(|import| import.role != Role::Production && import.role != Role::Example);
    let has_test = used.iter().any(|import| import.role == Role::Test);
    let has_production = !context.production.modules.is_empty();
    if context.usage.named.contains(&key)
        || !only_tests
        || !has_test
        || !has_production
        || context.package.declares("react-scripts")
    {
        return;
    }
    let is_published = !context.package.is_private && context.package.name.is_some();
    let all_tests = used.iter().all(|import| import.role == Role::Test);
    let action = if is_published && all_tests { DependencyAction::Move } else { DependencyAction::Report };
    let reason = format!("only tests and tools import it, in {}", count(files(&used), "file"));
    push_misplaced(context, findings, declared, Section::Development, action, reason, &used);
}

fn push_misplaced(
    context: &Context<'_>,
    findings: &mut Findings,
    declared: &Declared,
    to: Section,
    action: DependencyAction,
    reason: String,
    uses: &[&ImportUse],
) {
    let mut finding = context.finding(declared, DependencyKind::Misplaced, action, reason);
    finding.to = Some(to.key().to_string());
    finding.uses = places(uses.iter().copied());
    if action == DependencyAction::Move {
        let from = declared.section.key();
        let title = format!("move \"{}\" from {from} to {}", declared.name, to.key());
        findings.wishes.push(Wish::Move { span: declared.span.clone(), to, title });
    }
    findings.list.push(finding);
}

/// Moves into a section that does not exist, or that would lose all its entries, are left to a person.
fn settle_moves(package: &Package, findings: &mut Findings) {
    let wished: Vec<std::ops::Range<usize>> = findings
        .wishes
        .iter()
        .map(|wish| match wish {
            Wish::Remove { span, .. } | Wish::Move { span, .. } => span.clone(),
        })
        .collect();
    let has_place = |to: Section| {
        package.declared.iter().any(|declared| declared.section == to && !wished.contains(&declared.span))
    };
    findings.wishes.retain(|wish| !matches!(wish, Wish::Move { to, .. } if !has_place(*to)));
    for finding in &mut findings.list {
        let to = Section::ALL.into_iter().find(|section| finding.to.as_deref() == Some(section.key()));
        if finding.action == DependencyAction::Move && to.is_none_or(|to| !has_place(to)) {
            finding.action = DependencyAction::Report;
        }
    }
}

fn undeclared(context: &Context<'_>, findings: &mut Findings) {
    let start = (context.at, String::new());
    for ((at, name), imports) in context.usage.undeclared.range(start..) {
        if *at != context.at {
            break;
        }
        let counted: Vec<&ImportUse> = imports.iter().filter(|import| needs_declaration(import)).collect();
        if counted.is_empty() || is_provided(context, name) {
            continue;
        }
        let is_own =
            context.view.packages.chain(*at).any(|at| context.view.packages.list[at].name.as_deref() == Some(name));
        let is_workspace = context.view.names.contains(name.as_str());
        let is_needed = |import: &&&ImportUse| import.is_value() && import.role == Role::Production;
        if is_own
            || is_workspace && !(context.package.is_member && counted.iter().any(|import| is_needed(&import)))
            || !is_workspace && is_alias(context, name, &counted)
        {
            continue;
        }
        findings.list.push(DependencyFinding {
            language: Language::Javascript,
            location: Location { path: context.package.path.clone(), line: 1, column: 1 },
            name: name.clone(),
            kind: DependencyKind::Unlisted,
            section: None,
            to: Some(section_for(&counted).key().to_string()),
            action: DependencyAction::Report,
            reason: reason_of_undeclared(context, name, is_workspace),
            uses: places(counted.iter().copied()),
        });
    }
}

fn needs_declaration(import: &ImportUse) -> bool {
    use crate::javascript::record::Form;
    let is_optional = import.is_conditional && matches!(import.form, Form::Require | Form::Dynamic);
    let is_import = !matches!(
        import.form,
        Form::Mention | Form::Jsdoc | Form::ReferencePath | Form::Augmentation | Form::ReferenceTypes
    );
    let is_declaration = import.location.path.ends_with(".d.ts");
    is_import && !is_optional && !is_declaration && !matches!(import.role, Role::Example | Role::Data)
}

fn section_for(imports: &[&ImportUse]) -> Section {
    let is_needed = |import: &&ImportUse| import.role == Role::Production && import.is_value();
    if imports.iter().any(is_needed) { Section::Production } else { Section::Development }
}

fn reason_of_undeclared(context: &Context<'_>, name: &str, is_workspace: bool) -> String {
    if is_workspace {
        return "it is a package of this workspace, and this package does not declare it".to_string();
    }
    let tree = context.view.project.tree;
    let is_installed = context
        .view
        .packages
        .chain(context.at)
        .any(|at| tree.absolute(&context.view.packages.list[at].folder).join("node_modules").join(name).is_dir());
    if is_installed {
        "it is imported and not declared; it is installed only because another package brings it".to_string()
    } else {
        "it is imported and not declared".to_string()
    }
}

fn is_provided(context: &Context<'_>, name: &str) -> bool {
    let has = |pattern: &str| {
        context.view.packages.chain(context.at).any(|at| {
            context.view.packages.list[at].declared.iter().any(|declared| super::tool::fits(&declared.name, pattern))
        })
    };
    let is_host = HOST_MODULES.contains(&name);
    let brought = PROVIDED.iter().filter(|(provided, _)| super::tool::fits(name, provided));
    is_host || brought.flat_map(|(_, hosts)| hosts.iter()).any(|host| has(host))
}

/// Whether a bare name is more likely a path alias: it starts like no npm name, or a folder or file of the package has
/// its first word, or a configuration or an ambient declaration names it.
fn is_alias(context: &Context<'_>, name: &str, imports: &[&ImportUse]) -> bool {
    let package = context.package;
    let tree = context.view.project.tree;
    // npm takes no new names with capitals.
    let has_capitals = name.bytes().any(|byte| byte.is_ascii_uppercase());
    let first = name.split('/').next().unwrap_or(name);
    let homes = ["", "src/", "app/", "lib/", "source/", "client/", "server/", "js/"];
    let is_beside = |import: &&ImportUse| {
        let folder = import.location.path.rsplit_once('/').map_or("", |(folder, _)| folder);
        ["js", "ts"].iter().any(|ending| tree.contains(&format!("{folder}/{first}.{ending}")))
    };
    let is_local = !name.starts_with('@')
        && homes.iter().any(|home| {
            let stem = package.inside(&format!("{home}{first}"));
            !tree.below(&stem).is_empty()
                || ["ts", "tsx", "js", "jsx", "d.ts", "mjs"]
                    .iter()
                    .any(|ending| tree.contains(&format!("{stem}.{ending}")))
        });
    has_capitals
        || imports.iter().any(is_beside)
        || is_local && imports.iter().any(|import| import.role == Role::Production)
        || context.view.packages.chain(context.at).any(|at| context.aliases.contains(&(at, name.to_string())))
}

fn places<'a>(imports: impl Iterator<Item = &'a ImportUse>) -> Vec<Location> {
    let mut places: Vec<Location> = imports.map(|import| import.location.clone()).collect();
    places.sort();
    places.dedup();
    places.truncate(PLACES);
    places
}

fn files(imports: &[&ImportUse]) -> usize {
    let by_file: BTreeMap<&str, ()> = imports.iter().map(|import| (import.location.path.as_str(), ())).collect();
    by_file.len()
}

fn count(number: usize, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}
