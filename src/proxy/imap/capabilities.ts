/** What a server says it can do (RFC 9051 section 7.2.2). */
export interface Capabilities {
  /** All words, in capitals. */
  readonly words: ReadonlySet<string>;
  /** SASL mechanisms, in capitals. */
  readonly mechanisms: readonly string[];
  /** What is not about the login, word for word. */
  readonly keywords: readonly string[];
}

/** RFC 9051 section 9, capability is an atom: nothing else may get into a greeting's brackets. */
const CAPABILITY = /^[!#$&'+,\-./0-9:;<=>?@A-Z^_`a-z|}~]+$/;

/** About the login on the link it is said on; the dialogue on the other link has its own. */
const LOGIN_WORD = /^(?:AUTH=.*|STARTTLS|LOGINDISABLED|SASL-IR|XCLIENT)$/i;

/** @param list the words behind `CAPABILITY` */
export function readCapabilities(list: string): Capabilities {
  const words = list.split(' ').filter((word) => CAPABILITY.test(word));
  const mechanisms = words
    .filter((word) => /^AUTH=./i.test(word))
    .map((word) => word.slice('AUTH='.length).toUpperCase());
  return {
    words: new Set(words.map((word) => word.toUpperCase())),
    mechanisms: [...new Set(mechanisms)],
    keywords: words.filter((word) => !LOGIN_WORD.test(word)),
  };
}

/** What a client is shown. */
export interface ShownCapabilities {
  readonly keywords: readonly string[];
  readonly starttls: boolean;
  /** ID is understood whether or not the backend does. */
  readonly id: boolean;
  /** null: no logins as things are. */
  readonly mechanisms: readonly string[] | null;
}

/** The words behind `CAPABILITY`, in the order Dovecot has them: what the server can do, TLS, logins. */
export function writeCapabilities(shown: ShownCapabilities): string {
  const words = shown.keywords.filter((word) => CAPABILITY.test(word) && !LOGIN_WORD.test(word));
  if (!words.some((word) => /^IMAP4rev[12]$/i.test(word))) words.unshift('IMAP4rev1');
  if (shown.id && !words.some((word) => /^ID$/i.test(word))) words.push('ID');
  words.push('SASL-IR');
  if (shown.starttls) words.push('STARTTLS');
  // RFC 9051 section 6.2.3: the LOGIN command is a PLAIN by another name.
  if (!shown.mechanisms?.includes('PLAIN')) words.push('LOGINDISABLED');
  for (const mechanism of shown.mechanisms ?? []) words.push(`AUTH=${mechanism}`);
  return words.join(' ');
}
