import { Command } from 'commander';

const EXAMPLES = `
Examples:
  ja3-sensor proxy --check --config /etc/ja3-sensor/proxy.yaml   what is wrong with it, and what is worth a second look
  ja3-sensor proxy --config /etc/ja3-sensor/proxy.yaml
  ja3-sensor demo proxy                                          try it without a mail server

SIGHUP reads the configuration, certificates and tables again and reopens the log file; SIGTERM takes no more connections and
waits for sessions to end (limits.drain_timeout); a second one does not wait. Docs: docs/proxy.md, docs/proxy-configuration.md`;

export function proxyCommand(outcome: { code: number }): Command {
  return new Command('proxy')
    .description('stand in front of a mail server, and tell which program each login comes from')
    .requiredOption('--config <file>', 'the configuration, in YAML')
    .option('--check', 'say whether the configuration can be used, and leave')
    .addHelpText('after', EXAMPLES)
    .action(async ({ config, check }: { config: string; check?: true }) => {
      const { proxy } = await import('./proxy.js');
      outcome.code = await proxy(config, check === true);
    });
}
