import { programPath } from '../programs.js';
import { type LoggedIn, type Login, type MailClient, run } from './client.js';

export const sieveConnect: MailClient = {
  name: 'sieve-connect',
  missing: programPath('sieve-connect') === null ? 'sieve-connect' : '',
  speaks: { sieve: ['starttls'] },
  choosesAddress: false,
  login,
};

async function login(where: Login): Promise<LoggedIn> {
  const { code, printed } = await run(
    'sieve-connect',
    [
      '--server',
      'localhost',
      '--4',
      '--port',
      `${where.port}`,
      '--user',
      where.user,
      '--passwordfd',
      '0',
      '--tlscafile',
      where.ca,
      '--noclearchan',
      '--debug',
      '--list',
    ],
    `${where.password}\n`,
  );
  return {
    ok: code === 0,
    refused: code !== 0 && /Authentication refused|Authentication failed/i.test(printed),
    printed,
  };
}
