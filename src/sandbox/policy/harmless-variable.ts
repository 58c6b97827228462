import { isForbiddenVariable } from './forbidden-variable.ts';

/** Variables that only tune what a program prints or how fast it is, or that programs of a project read. */
const HARMLESS =
  /^(NODE_ENV|NODE_OPTIONS|BABEL_ENV|APP_ENV|RAILS_ENV|RACK_ENV|FLASK_ENV|CI|DEBUG|NO_COLOR|FORCE_COLOR|CLICOLOR(_FORCE)?|COLORTERM|COLUMNS|LINES|TZ|LANG|LANGUAGE|LC_[A-Z]+|SOURCE_DATE_EPOCH|RUST_(BACKTRACE|LOG|TEST_THREADS|TEST_NOCAPTURE)|CARGO_(TERM_COLOR|INCREMENTAL|NET_OFFLINE|BUILD_JOBS)|PYTHON(DONTWRITEBYTECODE|UNBUFFERED|HASHSEED|UTF8|IOENCODING|DEVMODE|TRACEMALLOC|FAULTHANDLER|OPTIMIZE)|PYTEST_DISABLE_PLUGIN_AUTOLOAD|DJANGO_SETTINGS_MODULE|HYPOTHESIS_PROFILE|GO111MODULE|GOFLAGS|GOOS|GOARCH|GOMAXPROCS|GORACE|CGO_ENABLED|UV_OFFLINE|VITEST_[A-Z_]+|TEST_[A-Z0-9_]+)$/;

/** Folders of the project, by their names. */
const OWN_FOLDERS = /^[\w-][\w.-]*(\/[\w-][\w.-]*)*(:[\w-][\w.-]*(\/[\w-][\w.-]*)*)*$|^\.$/;

/** Whether the command line of a command may set a variable. What is not known to be harmless may not be set. */
export function isHarmlessVariable(name: string, value: string): boolean {
  if (isForbiddenVariable(name, value) || /[\0\n\r]/.test(value)) return false;
  return name === 'PYTHONPATH' ? OWN_FOLDERS.test(value) : HARMLESS.test(name);
}
