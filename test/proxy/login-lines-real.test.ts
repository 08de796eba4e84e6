import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LineStyle, type LoginLines, openLoginText } from '../../src/login/index.js';
import { imapServer, type ScriptedImap } from '../harness/imap-script.js';
import { ABOUT_LOGIN, changed, partsOf } from '../harness/login-lines/parts.js';
import { CLIENT, play } from '../harness/login-lines/play.js';
import { type Differences, situations } from '../harness/login-lines/situations.js';
import { backendWith, listenerWith, proxyOptions, startProxy, type TestProxy } from '../harness/login-proxy.js';
import { startDovecot } from '../harness/mail/dovecot.js';
import { startDovecot24 } from '../harness/mail/dovecot24.js';
import { missing, without } from '../harness/mail/programs.js';
import { certificates } from '../harness/mail/proxy.js';
import { certificateIn, eventually, Folder } from '../harness/mail/running.js';
import { listen } from '../harness/tls-servers.js';

/**
 * The same clients before real Dovecots and before our proxy: what both log of them, element by element. Where ours differs on purpose the situation says how, and
 * docs/login-log.md why.
 */

interface RunningDovecot {
  readonly ports: Readonly<Record<'imap' | 'imaps' | 'pop3' | 'pop3s', number>>;
  log(): string;
  stop(): Promise<void>;
}

interface Version {
  readonly style: LineStyle;
  readonly lacks: string;
  readonly start: () => Promise<RunningDovecot>;
}

const versions: readonly Version[] = [
  {
    style: '2.3',
    lacks: missing.dovecot,
    start: () =>
      startDovecot({
        more: `disable_plaintext_auth = yes
login_log_format_elements = user=<%u> method=%m rip=%r lip=%l mpid=%e %c session=<%{session}>
passdb {
  driver = static
  username_filter = 1* 2* 3* 4* 5* 6*
  args = nopassword=y proxy=y host=127.0.0.1 port=%u
}
`,
      }),
  },
  {
    style: '2.4',
    lacks: missing.dovecot24,
    start: () =>
      startDovecot24({
        more: `auth_allow_cleartext = no
login_log_format_elements = user=<%{user}> method=%{mechanism} rip=%{remote_ip} lip=%{local_ip} mpid=%{mail_pid} %{secured} session=<%{session}>
passdb static {
  username_filter = 1* 2* 3* 4* 5* 6*
  fields {
    nopassword = y
    proxy = y
    host = 127.0.0.1
    port = %{user}
  }
}
`,
      }),
  },
];

const ELEMENTS = 'user=<%u> method=%m rip=%r lip=%l mpid=%e %c session=<%{session}>';

for (const { style, lacks, start } of versions) {
  describe.skipIf(lacks !== '')(`login lines beside those of a Dovecot ${style}${without(lacks)}`, () => {
    let dovecot: RunningDovecot;
    let scripted: ScriptedImap;
    let down: number;
    let folder: Folder;
    let text: LoginLines;
    let proxy: TestProxy;
    /** Of the proxy's listeners. */
    let ports: Readonly<Record<string, number>>;

    beforeAll(async () => {
      dovecot = await start();
      scripted = await imapServer();
      const unused = createServer();
      down = await listen(unused);
      await new Promise((resolve) => unused.close(resolve));
      folder = new Folder();
      text = openLoginText({ target: { file: folder.at('log') }, style, elements: ELEMENTS, openssl: '3.0', pid: 1 });
      const certificate = certificates(certificateIn(folder));
      const names: string[] = [];
      const listeners = [
        ...(['imap', 'pop3'] as const).flatMap((protocol) =>
          (['implicit', 'starttls'] as const).map((tls) => ({
            name: `${protocol} ${tls}`,
            protocol,
            tls,
            backend: protocol,
          })),
        ),
        { name: 'scripted', protocol: 'imap', tls: 'implicit', backend: 'scripted' } as const,
        { name: 'down', protocol: 'imap', tls: 'implicit', backend: 'down' } as const,
      ].map(({ name, protocol, tls, backend }) => {
        names.push(name);
        return listenerWith({ name, protocol, tls, certificates: certificate, route: { by: 'static', backend } });
      });
      proxy = await startProxy(
        proxyOptions(
          listeners,
          [
            backendWith(dovecot.ports.imap, { name: 'imap' }),
            backendWith(dovecot.ports.pop3, { name: 'pop3' }),
            backendWith(scripted.port, { name: 'scripted' }),
            backendWith(down, { name: 'down' }),
          ],
          { limits: { maxBadCommands: 3, maxLine: 1024 } },
        ),
        { log: text },
      );
      ports = Object.fromEntries(names.map((name, at) => [name, proxy.ports[at]!]));
    });

    afterAll(async () => {
      await proxy.close();
      text.close();
      folder.remove();
      await scripted.close();
      await dovecot.stop();
    });

    /** The line of a situation: the last that was written when it is over. */
    async function lineAfter(log: () => string, act: () => Promise<void>): Promise<string> {
      const before = log().length;
      await act();
      const lines = () =>
        log()
          .slice(before)
          .split('\n')
          .slice(0, -1)
          .filter((line) => ABOUT_LOGIN.test(line) && line.includes(`rip=${CLIENT}`));
      await eventually('a login line', () => lines().length > 0, log);
      return lines().at(-1)!;
    }

    for (const situation of situations) {
      const { name, service, tls, proxied, differs = {} } = situation;
      it(name, async () => {
        const user = String(proxied === 'down' ? down : scripted.port);
        const inside = tls === 'implicit' || tls === 'handshake';
        const atDovecot = () => play(situation, dovecot.ports[inside ? (`${service}s` as const) : service], user);
        let theirs: string;
        // Who needs no greeting may be gone before a login process of Dovecot's has found its auth process.
        do theirs = await lineAfter(() => dovecot.log(), atDovecot);
        while (theirs.includes('before auth was ready'));
        const listener = proxied ?? `${service} ${inside ? 'implicit' : 'starttls'}`;
        const ours = await lineAfter(
          () => readFileSync(folder.at('log'), 'utf8'),
          () => play(situation, ports[listener]!, user),
        );
        const own = '2.3' in differs ? differs[style] : (differs as Differences);
        expect(partsOf(ours)).toEqual(changed(partsOf(theirs), own));
      });
    }
  });
}
