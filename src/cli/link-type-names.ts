/**
 * LINKTYPE_ names (tcpdump.org/linktypes.html, September 2026) of captures that people bring and that hold no mail logins this program can read, so that
 * the closing line can say what they are.
 */
const names: ReadonlyMap<number, string> = new Map([
  [6, 'IEEE802_5'],
  [7, 'ARCNET_BSD'],
  [8, 'SLIP'],
  [10, 'FDDI'],
  [100, 'ATM_RFC1483'],
  [107, 'FRELAY'],
  [109, 'ENC'],
  [117, 'PFLOG'],
  [119, 'IEEE802_11_PRISM'],
  [122, 'IP_OVER_FC'],
  [123, 'SUNATM'],
  [129, 'ARCNET_LINUX'],
  [138, 'APPLE_IP_OVER_IEEE1394'],
  [143, 'DOCSIS'],
  [147, 'USER0'],
  [163, 'IEEE802_11_AVS'],
  [187, 'BLUETOOTH_HCI_H4'],
  [189, 'USB_LINUX'],
  [195, 'IEEE802_15_4_WITHFCS'],
  [201, 'BLUETOOTH_HCI_H4_WITH_PHDR'],
  [209, 'IPMB_LINUX'],
  [220, 'USB_LINUX_MMAPPED'],
  [227, 'CAN_SOCKETCAN'],
  [230, 'IEEE802_15_4_NOFCS'],
  [239, 'NFLOG'],
  [249, 'USBPCAP'],
  [251, 'BLUETOOTH_LE_LL'],
  [252, 'WIRESHARK_UPPER_PDU'],
  [253, 'NETLINK'],
]);

/** `239 (NFLOG)`, or the number alone. */
export function linkTypeName(number: string): string {
  const name = names.get(Number(number));
  return name === undefined ? number : `${number} (${name})`;
}
