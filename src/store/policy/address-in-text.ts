import { cutAddress } from '../address.js';

/** An address wherever it stands alone in a text, cut. The text gets no longer. */
export function cutInText(text: string, ip: string): string {
  if (ip === '') return text;
  const cut = cutAddress(ip);
  const isAlone = ip.includes(':') ? isAloneIpv6 : isAloneIpv4;
  let result = '';
  let done = 0;
  for (let at = text.indexOf(ip); at >= 0; at = text.indexOf(ip, at + ip.length)) {
    if (!isAlone(text.slice(Math.max(0, at - 1), at), text.slice(at + ip.length, at + ip.length + 2))) continue;
    result += text.slice(done, at) + cut;
    done = at + ip.length;
  }
  return result + text.slice(done);
}

/** Whether one of the parts of a key is an address, and no network. */
export function hasAddress(key: string): boolean {
  return key.split(' ').some((part) => cutAddress(part) !== '');
}

/** Not a piece of a longer address; a port may follow. */
function isAloneIpv4(before: string, after: string): boolean {
  return !/[\d.]/.test(before) && !/^(?:\d|\.\d)/.test(after);
}

function isAloneIpv6(before: string, after: string): boolean {
  return !/[\w:.]/.test(before) && !/^[\w:]/.test(after);
}
