/**
 * The argument array for a command line that the user typed. A shell reads it: the user wrote it for one. Never give it
 * text that a program or a model composed.
 */
export function shellCommand(line: string, platform: NodeJS.Platform): string[] {
  return platform === 'win32' ? ['cmd.exe', '/d', '/s', '/c', line] : ['sh', '-c', line];
}
