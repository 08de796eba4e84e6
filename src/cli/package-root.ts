/** The package's own folder. Works from src/cli and from dist/cli, where the bundler puts every part of the command: both lie two levels deep. */
export const packageRoot = new URL('../../', import.meta.url);
