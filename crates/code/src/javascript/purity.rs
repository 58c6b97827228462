use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use rustc_hash::{FxHashMap, FxHashSet};

use crate::discover::SOURCE_LIMIT;
use crate::javascript::builtins::is_builtin;
use crate::javascript::files;
use crate::javascript::parse::{is_declaration, is_module_path, parse};
use crate::javascript::project::{Module, Project, Target};
use crate::javascript::record::{Effects, Form, ImportRecord, ModuleRecord};
use crate::javascript::resolve::Linker;

/// Packages larger than this are not followed to the end.
const OUTSIDE_LIMIT: usize = 400;

/// What evaluating a module and all that it imports does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Purity {
    /// Nothing that could be noticed; the sentence says how that is known.
    Pure(String),
    /// Something; the sentence says where.
    Acts(String),
    /// The sentence says why it cannot be known.
    Unknown(String),
}

/// Answers whether importing a module has effects.
pub(crate) struct Effectiveness<'p, 't> {
    project: &'p Project<'t>,
    linker: &'p Linker<'t>,
    outside: Mutex<FxHashMap<PathBuf, Option<Arc<ModuleRecord>>>>,
}

impl<'p, 't> Effectiveness<'p, 't> {
    pub(crate) fn new(project: &'p Project<'t>, linker: &'p Linker<'t>) -> Self {
        Self { project, linker, outside: Mutex::new(FxHashMap::default()) }
    }

    /// Of the module that `module.record.imports[at]` names.
    pub(crate) fn of(&self, module: &Module, at: usize) -> Purity {
        let (Some(import), Some(used)) = (module.record.imports.get(at), module.uses.get(at)) else {
            return Purity::Unknown("its target is not known".to_string());
        };
        let mut walk = Walk { owner: self, modules: FxHashSet::default(), outside: FxHashSet::default() };
        match walk.target(module, import, &used.target) {
            Some(found) => found,
            None => Purity::Pure(self.reason(import, &used.target)),
        }
    }

    fn reason(&self, import: &ImportRecord, target: &Target) -> String {
        match target {
            Target::Builtin => "importing a built-in module has no effect".to_string(),
            Target::Asset(_) => "a JSON file has no effects".to_string(),
            Target::Module(at) => {
                let path = self.project.get(*at).map_or(import.specifier.as_str(), |module| &module.path);
                format!("{path} and what it imports only declare things")
            }
            _ => format!("importing \"{}\" has no effects", import.specifier),
        }
    }

    fn record(&self, path: &Path) -> Option<Arc<ModuleRecord>> {
        let mut known = self.outside.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(record) = known.get(path) {
            return record.clone();
        }
        let size = std::fs::metadata(path).map_or(u64::MAX, |metadata| metadata.len());
        let text = if size > SOURCE_LIMIT { None } else { std::fs::read_to_string(path).ok() };
        let parsed = text.map(|text| Arc::new(parse(&path.to_string_lossy(), &text)));
        known.insert(path.to_path_buf(), parsed.clone());
        parsed
    }
}

struct Walk<'w, 'p, 't> {
    owner: &'w Effectiveness<'p, 't>,
    modules: FxHashSet<u32>,
    outside: FxHashSet<PathBuf>,
}

impl Walk<'_, '_, '_> {
    /// What speaks against purity, or nothing.
    fn target(&mut self, from: &Module, import: &ImportRecord, target: &Target) -> Option<Purity> {
        let specifier = &import.specifier;
        match target {
            Target::Builtin => None,
            Target::Module(at) => self.module(*at),
            Target::Asset(path) if path.ends_with(".json") => None,
            Target::Asset(path) => {
                Some(Purity::Unknown(format!("what importing {} does is for a bundler to decide", files::name(path))))
            }
            // A path that leaves the code of the repository, or a package: ask the runtime's own resolution.
            Target::Outside(_) | Target::Unresolved => {
                self.evaluated(&self.owner.project.tree.absolute(&from.path), specifier)
            }
        }
    }

    fn module(&mut self, at: u32) -> Option<Purity> {
        if !self.modules.insert(at) {
            return None;
        }
        let owner = self.owner;
        let module = owner.project.get(at)?;
        if module.is_foreign || module.record.syntax_error.is_some() {
            return Some(Purity::Unknown(format!("{} is not read here", module.path)));
        }
        if is_declaration(&module.path) {
            return self.twin(module);
        }
        if let Effects::Some { line } = module.record.effects {
            return Some(Purity::Acts(format!("{}:{line} runs code when it is imported", module.path)));
        }
        let pairs = module.record.imports.iter().zip(&module.uses);
        let evaluated = pairs.filter(|(import, used)| is_evaluated(import) && !used.is_erased);
        evaluated.into_iter().find_map(|(import, used)| self.target(module, import, &used.target))
    }

    /// The JavaScript that a declaration file describes.
    fn twin(&mut self, module: &Module) -> Option<Purity> {
        let stem = files::without_extension(&module.path);
        let names = [".js", ".mjs", ".cjs", ".jsx"].map(|extension| format!("{stem}{extension}"));
        match names.iter().find_map(|path| self.owner.project.find(path)) {
            Some(at) => self.module(at),
            None => Some(Purity::Unknown(format!("{} declares code that is not here", module.path))),
        }
    }

    fn evaluated(&mut self, from: &Path, specifier: &str) -> Option<Purity> {
        if is_builtin(specifier) {
            return None;
        }
        let Some(found) = self.owner.linker.evaluated(from, specifier) else {
            let sentence = format!("\"{specifier}\" cannot be found, so what importing it does is unknown");
            return Some(Purity::Unknown(sentence));
        };
        found.into_iter().filter(|(_, promised)| !promised).find_map(|(path, _)| self.file(path, specifier))
    }

    fn file(&mut self, path: PathBuf, specifier: &str) -> Option<Purity> {
        if let Some(at) = self.owner.project.tree.relative(&path).and_then(|path| self.owner.project.find(&path)) {
            return self.module(at);
        }
        let text = path.to_string_lossy().into_owned();
        if text.ends_with(".json") || !self.outside.insert(path.clone()) {
            return None;
        }
        if !is_module_path(&text) || self.outside.len() > OUTSIDE_LIMIT {
            return Some(Purity::Unknown(format!(
                "what importing \"{specifier}\" does cannot be read from its source"
            )));
        }
        let record = self.owner.record(&path).filter(|record| record.syntax_error.is_none());
        let Some(record) = record else {
            return Some(Purity::Unknown(format!("the source of \"{specifier}\" cannot be read")));
        };
        if let Effects::Some { line } = record.effects {
            let name = files::name(&text).to_string();
            return Some(Purity::Acts(format!("\"{specifier}\" runs code when it is imported ({name}:{line})")));
        }
        let evaluated = record.imports.iter().filter(|import| is_evaluated(import) && !import.is_type);
        evaluated.into_iter().find_map(|import| self.evaluated(&path, &import.specifier))
    }
}

/// Whether evaluating the file evaluates the target.
fn is_evaluated(import: &ImportRecord) -> bool {
    let form = matches!(
        import.form,
        Form::Static | Form::SideEffect | Form::ReExport | Form::Equals | Form::Require | Form::Dynamic
    );
    form && !import.in_function
}
