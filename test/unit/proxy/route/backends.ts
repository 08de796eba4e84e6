import type { BackendOptions } from '../../../../src/proxy/options.js';

/** A backend of which only the name matters. */
export function backendNamed(name: string): BackendOptions {
  return {
    name,
    hosts: [{ host: '127.0.0.1', port: 143 }],
    tls: 'none',
    verify: { ca: null, serverName: null, insecure: false },
    proxyProtocol: null,
    forward: false,
    forwardFields: [],
    healthInterval: null,
  };
}

export function backendsNamed(...names: string[]): ReadonlyMap<string, BackendOptions> {
  return new Map(names.map((name) => [name, backendNamed(name)]));
}
