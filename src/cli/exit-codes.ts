/** What every command ends with. */
export const EXIT = {
  /** Done, also where no hello was found; and where the reader of our output had enough. */
  done: 0,
  /** Something could not be read or written. */
  failed: 1,
  /** Wrong arguments or configuration: nothing was tried. */
  usage: 2,
  /** SIGINT: 128 and the signal's number, as shells count. */
  interrupted: 130,
  /** SIGTERM, likewise: how a service manager ends a sensor that runs for months. */
  terminated: 143,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Wrong arguments that the parser of arguments cannot see. The message is for people. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
