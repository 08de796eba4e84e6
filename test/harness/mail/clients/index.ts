import { curl } from './curl.js';
import { imapflow } from './imapflow.js';
import { mutt } from './mutt.js';
import { openssl } from './openssl.js';
import { python } from './python.js';
import { sieveConnect } from './sieve-connect.js';
import { swaks } from './swaks.js';

export const CLIENTS = [mutt, openssl, curl, python, swaks, imapflow, sieveConnect] as const;

export type { LoggedIn, Login, MailClient } from './client.js';
export { curl, imapflow, mutt, openssl, python, sieveConnect, swaks };
