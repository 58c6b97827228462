/**
 * Type-checks a project and all projects it refers to from their sources, by the project's own TypeScript (argument 1),
 * beginning at a configuration file (argument 2). It builds and writes nothing; `tsc --build` would write, and `tsc -p`
 * wants what that writes. The editor's way of reading references as sources makes it possible. Prints as `tsc` does.
 */
export const REFERENCES_SCRIPT = `const ts = require(process.argv[1]);
const seen = new Set();
const names = { getCanonicalFileName: (f) => f, getCurrentDirectory: () => process.cwd(), getNewLine: () => "\\n" };
function report(diagnostics) {
  for (const diagnostic of diagnostics) {
    if (diagnostic.category !== ts.DiagnosticCategory.Error) continue;
    process.exitCode = 1;
    process.stdout.write(ts.formatDiagnostic(diagnostic, names));
  }
}
function check(config) {
  if (seen.has(config)) return;
  seen.add(config);
  const host = { ...ts.sys, onUnRecoverableConfigFileDiagnostic: (diagnostic) => report([diagnostic]) };
  const parsed = ts.getParsedCommandLineOfConfigFile(config, {}, host);
  if (!parsed) return;
  const projectReferences = parsed.projectReferences ?? [];
  for (const reference of projectReferences) check(ts.resolveProjectReferencePath(reference));
  if (parsed.fileNames.length === 0) return;
  const options = { ...parsed.options, noEmit: true };
  const compilerHost = ts.createCompilerHost(options);
  compilerHost.useSourceOfProjectReferenceRedirect = () => true;
  const program = ts.createProgram({
    rootNames: parsed.fileNames, options, projectReferences, host: compilerHost, configFileParsingDiagnostics: parsed.errors,
  });
  report(ts.getPreEmitDiagnostics(program));
}
check(ts.sys.resolvePath(process.argv[2]));`;
