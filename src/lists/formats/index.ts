import type { ListFormat } from '../rows.js';
import { ciscoJson } from './cisco-json.js';
import { fingerprintsNdjson } from './fingerprints-ndjson.js';
import { foxioCsv } from './foxio-csv.js';
import { ja4dbJson } from './ja4db-json.js';
import { joyTsv } from './joy-tsv.js';
import { labelsCsv } from './labels-csv.js';
import { labelsNdjson } from './labels-ndjson.js';
import { rowsNdjson } from './rows-ndjson.js';
import { salesforceCsv } from './salesforce-csv.js';
import { sslblCsv } from './sslbl-csv.js';
import { suricataEve } from './suricata-eve.js';
import { trisulJson } from './trisul-json.js';
import { zeekJson } from './zeek-json.js';
import { zeekTsv } from './zeek-tsv.js';

/** Every format that can be read, in the order they are asked. One more is a file and a row. */
export const formats: readonly ListFormat[] = [
  labelsCsv,
  labelsNdjson,
  fingerprintsNdjson,
  rowsNdjson,
  zeekTsv,
  zeekJson,
  suricataEve,
  foxioCsv,
  sslblCsv,
  joyTsv,
  salesforceCsv,
  trisulJson,
  ciscoJson,
  ja4dbJson,
];
