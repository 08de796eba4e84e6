import { fileURLToPath } from 'node:url';

/** The package's own folder. Works from src/cli and from dist/cli, where the bundler puts every part of the command: both lie two levels deep. */
export const packageRoot = new URL('../../', import.meta.url);

/** The labels that come with the package: db/labels/README.md has the format. */
export const labelsFolder: string = fileURLToPath(new URL('db/labels/', packageRoot));
