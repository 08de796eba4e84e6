import { withoutGrease } from '../fingerprint/index.js';
import { isGrease } from '../tls/index.js';
import type { SentLists } from './ja3-derivation.js';
import { cipherSuite, version } from './named.js';
import type { Ja3Derivation, SslJa3Difference } from './types.js';

/** Why ja3 and ssl_ja3 of what was sent are not the same; empty: they are. */
export function whySslJa3Differs(sent: SentLists, ja3: Ja3Derivation, sslJa3: Ja3Derivation): SslJa3Difference[] {
  const differences: SslJa3Difference[] = [];
  if (ja3.fields[0]!.text !== sslJa3.fields[0]!.text) {
    differences.push({ because: 'version', sent: version(sent.version) });
  }
  const hidden = sslJa3.fields[2]!.leftOut.filter(({ because }) => because === 'hidden');
  if (hidden.length > 0) differences.push({ because: 'hidden_extensions', values: hidden });
  if (withoutGrease(sent.cipherSuites).length < sent.cipherSuites.length) {
    differences.push({ because: 'grease_ciphers', values: sent.cipherSuites.filter(isGrease).map(cipherSuite) });
  }
  return differences;
}
