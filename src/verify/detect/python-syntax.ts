/**
 * Parses every Python file below the current folder and writes nothing, not even byte code. `compileall` would leave
 * `__pycache__` folders behind.
 */
export const SYNTAX_SCRIPT = `import os, sys, warnings
warnings.simplefilter("ignore")
skip = {"node_modules", "venv", "env", "dist", "build", "site-packages"}
bad = 0
for folder, folders, files in os.walk("."):
    folders[:] = sorted(f for f in folders if f not in skip and not f.startswith(".")
                        and not os.path.exists(os.path.join(folder, f, "pyvenv.cfg")))
    for name in sorted(files):
        if not name.endswith((".py", ".pyi")): continue
        path = os.path.join(folder, name)
        try:
            with open(path, "rb") as f: compile(f.read(), path, "exec", dont_inherit=True)
        except (SyntaxError, ValueError) as e:
            bad += 1
            print(f"{os.path.relpath(path)}: SyntaxError: {getattr(e, 'msg', e)}")
        except OSError: pass
sys.exit(1 if bad else 0)`;
