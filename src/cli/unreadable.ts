/** Why the operating system does not let a file be read, in our words. */
export function unreadable(code: string | undefined, error: unknown): string {
  switch (code) {
    case 'EISDIR':
      return 'is a directory';
    case 'EACCES':
    case 'EPERM':
      return 'permission denied';
    default:
      return `cannot be read (${code ?? String(error)})`;
  }
}
