import { Command, Option } from 'commander';
import type { RawExplainOptions } from './explain.js';

const EXAMPLES = `
Examples:
  ja3-sensor explain login.pcap:4                              the hello that frame 4 completes
  ja3-sensor explain login.pcap                                its only hello, or a list of its hellos
  ja3-sensor explain 160301013d01000139…                       a hello in hex, with or without its record
  openssl s_client -connect mail.example.org:993 -msg </dev/null | ja3-sensor explain -
  ja3-sensor explain 771,4866-4867-255,0-11-10,29-23,0         what a ja3 string tells
  ja3-sensor explain --against 8f2dfd01a68a182e6d58f285ff59c02b login.pcap:4
                                                               why another tool has another hash

Docs: docs/explain.md, docs/fingerprints.md`;

/** @param outcome is told what the command ended with */
export function explainCommand(outcome: { code: number }): Command {
  return new Command('explain')
    .description('print a hello field by field, and how each of its fingerprints comes about')
    .argument('<hello>', 'FILE:FRAME of a capture, FILE, a ClientHello in hex, a ja3 string, or - for standard input')
    .option('--against <hash>', "another tool's hash of the same hello (MD5 or ja4): say what it did differently")
    .addOption(
      new Option('--openssl <generation>', 'the OpenSSL of the Dovecot that ja3 is compared with')
        .choices(['3.0', '3.5'])
        .default('3.0'),
    )
    .option(
      '--database <path>',
      'where names are looked up (default: in the XDG data folder, else the labels of the package)',
    )
    .option('--json', 'one JSON object a hello, instead of text')
    .addHelpText('after', EXAMPLES)
    .action(async (what: string, raw: RawExplainOptions) => {
      const { explain, explainOptions } = await import('./explain.js');
      outcome.code = await explain(what, explainOptions(raw));
    });
}
