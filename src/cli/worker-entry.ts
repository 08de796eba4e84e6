/** What worker threads run. Right in src/cli and in dist/cli, where the bundler puts it beside main.js: both have it as a neighbour of this module. */
export const workerEntry = new URL('./worker.js', import.meta.url);
