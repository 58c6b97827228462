use crate::cache::FileCache;
use crate::discover::Tree;
use crate::graph;
use crate::import_order::{OrderRequest, OrderVerdict};
use crate::javascript;
use crate::javascript::project::Project;
use crate::javascript::record::ModuleRecord;
use crate::manifest;
use crate::python::{self, record::PythonRecord};
use crate::scope::Scope;
use crate::{AnalyzeError, Check, Language, Report, Request};

/// A parser and its visitors recurse as deep as the source nests.
const STACK_BYTES: usize = 256 * 1024 * 1024;

/// More threads than this wait for the disk and for each other.
const MOST_THREADS: usize = 16;

/// The analysis and what it remembers between calls. One call uses all cores.
#[derive(Debug)]
pub struct Index {
    javascript: FileCache<ModuleRecord>,
    python: FileCache<PythonRecord>,
}

impl Default for Index {
    fn default() -> Self {
        Self::new()
    }
}

impl Index {
    /// An index that remembers nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self { javascript: FileCache::new("javascript"), python: FileCache::new("python") }
    }

    /// Reads the repository and answers.
    ///
    /// # Errors
    ///
    /// When the root is not a readable folder, or a pattern of `only` is no glob. Files that cannot be read or parsed
    /// are no error: they are named in the report.
    pub fn analyze(&mut self, request: &Request) -> Result<Report, AnalyzeError> {
        let scope = Scope::new(&request.only)?;
        threads()?.install(|| self.answer(request, &scope))
    }

    /// Judges files whose imports a tool has sorted, in their order: only the order may differ, and nothing may have
    /// moved across an import whose target may have effects. The tree still holds the texts from before.
    ///
    /// # Errors
    ///
    /// When the root is not a readable folder. A file that cannot be judged is refused.
    pub fn import_orders(&mut self, request: &OrderRequest) -> Result<Vec<OrderVerdict>, AnalyzeError> {
        threads()?.install(|| {
            let tree = Tree::read(&request.root)?;
            let folder = request.cache.as_deref();
            let mut verdicts = javascript::import_orders(&tree, folder, &mut self.javascript, &request.files);
            verdicts.extend(python::import_orders(&tree, folder, &mut self.python, &request.files));
            let unknown = || OrderVerdict::refused("the file is not one that is analysed");
            let files = request.files.iter();
            Ok(files.map(|file| verdicts.get(file.path.as_str()).cloned().unwrap_or_else(unknown)).collect())
        })
    }

    fn answer(&mut self, request: &Request, scope: &Scope) -> Result<Report, AnalyzeError> {
        let tree = Tree::read(&request.root)?;
        let mut report = Report::default();
        report.skipped.extend(tree.skipped.iter().cloned());
        let (javascript, python) = (&mut self.javascript, &mut self.python);
        let (one, other) = rayon::join(
            || javascript::analyze(&tree, request, scope, javascript, |project| whole_project(project, request, scope)),
            || python::analyze(&tree, request, scope, python),
        );
        report.merge(one);
        report.merge(other);
        report.sort();
        Ok(report)
    }
}

fn threads() -> Result<rayon::ThreadPool, AnalyzeError> {
    let builder = rayon::ThreadPoolBuilder::new()
        .stack_size(STACK_BYTES)
        .num_threads(std::thread::available_parallelism().map_or(2, usize::from).min(MOST_THREADS));
    builder.build().map_err(|error| AnalyzeError::NoThreads { detail: error.to_string() })
}

/// The questions that need all modules at once.
fn whole_project(project: &Project, request: &Request, scope: &Scope) -> Report {
    let mut report = Report::default();
    let edges = javascript::edges(project);
    report.totals.edges += u32::try_from(edges.len()).unwrap_or(u32::MAX);
    if request.checks.contains(&Check::Cycles) {
        let nodes: Vec<String> = project.modules.iter().map(|module| module.path.clone()).collect();
        let components = graph::components(Language::Javascript, &nodes, &edges);
        let concerned = components.into_iter().filter(|one| one.members.iter().any(|path| scope.includes(path)));
        report.cycles.extend(concerned);
    }
    if request.checks.contains(&Check::Dependencies) {
        let found = manifest::manifests(project);
        let in_scope = found.findings.into_iter().filter(|finding| scope.includes(&finding.location.path));
        report.dependencies.extend(in_scope);
        report.dependency_changes.extend(found.changes.into_iter().filter(|change| scope.includes(&change.path)));
        report.skipped.extend(found.skipped);
        report.notes.extend(found.notes);
    }
    report
}
