import { BlockList, isIP } from 'node:net';
import { withoutZone } from './endpoint.js';

/** A set of addresses and networks. An IPv4-mapped IPv6 address, as a listener of both families gives it, counts as the IPv4 address. */
export class Networks {
  readonly #list = new BlockList();
  readonly #isEmpty: boolean;

  /**
   * @param networks `192.0.2.7`, `10.0.0.0/8`, `2001:db8::/32`
   * @throws TypeError for a text that is none of these
   */
  constructor(networks: readonly string[]) {
    for (const network of networks) this.#add(network);
    this.#isEmpty = networks.length === 0;
  }

  /** @param address as `socket.remoteAddress` gives it; undefined (a local socket, a stream that is no socket) is in no network */
  has(address: string | undefined): boolean {
    if (address === undefined || this.#isEmpty) return false;
    const plain = withoutZone(address);
    const family = isIP(plain);
    return family !== 0 && this.#list.check(plain, family === 6 ? 'ipv6' : 'ipv4');
  }

  #add(network: string): void {
    const slash = network.indexOf('/');
    const address = slash < 0 ? network : network.slice(0, slash);
    const family = isIP(address);
    const widest = family === 6 ? 128 : 32;
    const prefix = slash < 0 ? String(widest) : network.slice(slash + 1);
    if (family === 0 || !/^\d{1,3}$/.test(prefix) || Number(prefix) > widest) {
      throw new TypeError(`no address and no network: ${network}`);
    }
    this.#list.addSubnet(address, Number(prefix), family === 6 ? 'ipv6' : 'ipv4');
  }
}
