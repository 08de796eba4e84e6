const known = /^\/(?:command\/\w+|openapi\.json)(?:\?|$)/;

/**
 * `/?command=allow`, as Dovecot asks, is `/command/allow`; other parameters may stand beside it. Whatever is nothing of ours is `/`, where nothing is found, so that
 * no strange target comes to the router.
 */
export function commandTarget(url: string): string {
  if (known.test(url)) return url;
  const command = url.startsWith('/?') ? /[?&]command=(\w+)(?:&|$)/.exec(url)?.[1] : undefined;
  return command === undefined ? '/' : `/command/${command}`;
}
