import type { Random } from '../../bench/lib/random.js';

/**
 * Addresses, each kind of network in a block of its own. Which blocks they are means nothing: rules see whether a /24 (or /48) was seen before.
 */
export class Networks {
  readonly #random: Random;
  #strange = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  /** At home, an address until the provider gives another: IPv4 out of the 256 networks of a provider, or IPv6 out of its 4,096. */
  home(provider: number, ipv6: boolean): string {
    const random = this.#random;
    if (ipv6) return `2001:db8:${hex((provider << 12) | random.between(0, 4095))}:${hex(random.between(0, 255))}::2`;
    return `10.${provider}.${random.between(0, 255)}.${random.between(1, 254)}`;
  }

  office(number: number): string {
    return `10.100.${number}.1`;
  }

  /** Behind a carrier's address translation: 48 networks each, of which a phone mostly meets the eight of where it lives. */
  mobile(carrier: number, region: number): string {
    const random = this.#random;
    const network = random.chance(0.9) ? region * 8 + random.between(0, 7) : random.between(0, 47);
    return `10.${110 + carrier}.${network}.${random.between(1, 254)}`;
  }

  /** Where nobody was before: hotels, cafés, conferences, hosts for rent. */
  strange(): string {
    const number = this.#strange++;
    return `172.${16 + ((number >> 8) & 15)}.${number & 255}.${this.#random.between(1, 254)}`;
  }
}

export const CARRIERS = 3;
export const REGIONS = 6;
export const PROVIDERS = 8;

/** A webmail server, and the fetcher of a large provider: as in samples/config/policy.yaml. */
export const WEBMAIL = '192.0.2.10';
export const FETCHERS = ['198.51.100.16', '198.51.100.17', '198.51.100.18', '198.51.100.19'] as const;

function hex(number: number): string {
  return number.toString(16);
}
