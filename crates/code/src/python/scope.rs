use ruff_python_ast::name::Name;
use rustc_hash::{FxHashMap, FxHashSet};

pub(super) type ScopeId = usize;

/// The scope of the module itself.
pub(super) const MODULE: ScopeId = 0;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ScopeKind {
    Module,
    Class,
    Function,
    Comprehension,
    TypeParams,
}

#[derive(Debug)]
struct Scope {
    kind: ScopeKind,
    parent: ScopeId,
    bound: FxHashSet<Name>,
    globals: FxHashSet<Name>,
    nonlocals: FxHashSet<Name>,
}

/// What is done with a name.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Touch {
    /// The name itself is a value.
    Value,
    /// An attribute chain below the name.
    Chain(String),
}

/// The scopes of a file and the names they bind and read. Python decides where a name lives from the whole text of a
/// scope, so resolution waits until everything is collected, and order plays no part.
#[derive(Debug)]
pub(super) struct Scopes {
    scopes: Vec<Scope>,
    reads: FxHashMap<(Name, ScopeId), FxHashSet<Touch>>,
}

impl Scopes {
    pub(super) fn new() -> Self {
        let mut this = Self { scopes: Vec::new(), reads: FxHashMap::default() };
        this.push(ScopeKind::Module, MODULE);
        this
    }

    pub(super) fn push(&mut self, kind: ScopeKind, parent: ScopeId) -> ScopeId {
        self.scopes.push(Scope {
            kind,
            parent,
            bound: FxHashSet::default(),
            globals: FxHashSet::default(),
            nonlocals: FxHashSet::default(),
        });
        self.scopes.len() - 1
    }

    pub(super) fn kind(&self, at: ScopeId) -> ScopeKind {
        self.scopes[at].kind
    }

    pub(super) fn parent(&self, at: ScopeId) -> ScopeId {
        self.scopes[at].parent
    }

    pub(super) fn bind(&mut self, at: ScopeId, name: &Name) {
        self.scopes[at].bound.insert(name.clone());
    }

    pub(super) fn declare_global(&mut self, at: ScopeId, name: &Name) {
        self.scopes[at].globals.insert(name.clone());
        self.scopes[MODULE].bound.insert(name.clone());
    }

    pub(super) fn declare_nonlocal(&mut self, at: ScopeId, name: &Name) {
        self.scopes[at].nonlocals.insert(name.clone());
    }

    /// Whether `name` belongs to another scope by a `global` or `nonlocal` statement of this one.
    pub(super) fn is_foreign(&self, at: ScopeId, name: &Name) -> bool {
        self.scopes[at].globals.contains(name) || self.scopes[at].nonlocals.contains(name)
    }

    pub(super) fn read(&mut self, at: ScopeId, name: &Name, touch: Touch) {
        self.reads.entry((name.clone(), at)).or_default().insert(touch);
    }

    /// Where a walrus binds: the nearest scope that is no comprehension.
    pub(super) fn walrus_scope(&self, mut at: ScopeId) -> ScopeId {
        while self.scopes[at].kind == ScopeKind::Comprehension {
            at = self.scopes[at].parent;
        }
        at
    }

    /// All reads, each with the scopes that may bind the name. Empty where none does.
    pub(super) fn resolve(&self) -> Resolved<'_> {
        let mut found: FxHashMap<ScopeId, FxHashMap<&str, Vec<&Touch>>> = FxHashMap::default();
        let mut unresolved = FxHashSet::default();
        for ((name, at), touches) in &self.reads {
            let owners = self.owners(*at, name);
            if owners.is_empty() {
                unresolved.insert(name);
            }
            for owner in owners {
                let names = found.entry(owner).or_default();
                names.entry(name.as_str()).or_default().extend(touches);
            }
        }
        Resolved { found, unresolved }
    }

    fn owners(&self, mut at: ScopeId, name: &Name) -> Vec<ScopeId> {
        let mut owners = Vec::new();
        loop {
            let scope = &self.scopes[at];
            if scope.globals.contains(name) {
                owners.push(MODULE);
                return owners;
            }
            if scope.bound.contains(name) && !scope.nonlocals.contains(name) {
                owners.push(at);
                // A class body falls back to the names around it, so it never hides them for certain.
                if scope.kind != ScopeKind::Class {
                    return owners;
                }
            }
            if at == MODULE {
                return owners;
            }
            at = scope.parent;
        }
    }
}

/// Reads by the scope they end in.
#[derive(Debug)]
pub(super) struct Resolved<'a> {
    found: FxHashMap<ScopeId, FxHashMap<&'a str, Vec<&'a Touch>>>,
    pub(super) unresolved: FxHashSet<&'a Name>,
}

impl<'a> Resolved<'a> {
    pub(super) fn touches(&self, name: &str, at: ScopeId) -> &[&'a Touch] {
        let names = self.found.get(&at);
        names.and_then(|names| names.get(name)).map_or(&[], Vec::as_slice)
    }
}
