import type { Format } from '../format.js';

/** The formats, by name. One more is a file and a row. */
export const formats: ReadonlyMap<string, Format> = new Map(
  (
    [
      { name: 'table', choosable: true, apart: false, load: async () => (await import('./table.js')).tableWriter },
      { name: 'ndjson', choosable: true, apart: true, load: async () => (await import('./ndjson.js')).ndjsonWriter },
      { name: 'json', choosable: true, apart: true, load: async () => (await import('./json.js')).jsonWriter },
      { name: 'csv', choosable: true, apart: true, load: async () => (await import('./csv.js')).csvWriter },
      { name: 'ja3', choosable: false, apart: true, load: async () => (await import('./ja3.js')).ja3Writer },
      { name: 'eve', choosable: false, apart: true, load: async () => (await import('./eve.js')).eveWriter },
    ] satisfies Format[]
  ).map((format) => [format.name, format]),
);
