import type { Socket } from 'node:net';
import { http } from './server.js';

/** What a policy server may do to a question. */
export type Behaviour = (socket: Socket) => void;

const NO = '{"status":-1,"msg":"refused here"}';
const OK = '{"status":0,"msg":""}';

const says =
  (text: string): Behaviour =>
  (socket) =>
    void socket.write(text);

const closesAfter =
  (text: string): Behaviour =>
  (socket) =>
    void socket.end(text);

/** Byte after byte, so many milliseconds apart, until the connection is closed. */
const slowly =
  (text: string, pause: number): Behaviour =>
  (socket) => {
    const bytes = text.split('');
    const timer = setInterval(() => {
      const byte = bytes.shift();
      if (byte === undefined || socket.destroyed) clearInterval(timer);
      else socket.write(byte);
    }, pause);
  };

const statuses = [
  200, 201, 202, 203, 205, 206, 207, 208, 209, 210, 226, 299, 300, 301, 302, 303, 307, 308, 400, 401, 403, 404, 405,
  407, 408, 409, 410, 413, 418, 421, 425, 429, 431, 451, 499, 500, 501, 502, 503, 504, 505, 511, 599,
];

const bodies: Readonly<Record<string, string>> = {
  empty: '',
  'cut short': '{"status":-1',
  'not JSON': '<html>no</html>',
  'JSON and more': `${NO}x`,
  null: 'null',
  'a number': '-1',
  'no member': '{}',
  'no status': '{"msg":"no"}',
  'status 0': OK,
  'status -1': NO,
  'status -1 without msg': '{"status":-1}',
  'status -1 and an empty msg': '{"status":-1,"msg":""}',
  'status -42': '{"status":-42,"msg":"far below"}',
  'status before and after': '{"msg":"first","status":-1,"more":{"a":"b"}}',
  'status as a string': '{"status":"-1","msg":"no"}',
  'status null': '{"status":null,"msg":"no"}',
  'status true': '{"status":true,"msg":"no"}',
  'status an object': '{"status":{},"msg":"no"}',
  'status -1.5': '{"status":-1.5,"msg":"no"}',
  'status too large': '{"status":4294967295,"msg":"no"}',
  'status too small': '{"status":-4294967295,"msg":"no"}',
  'msg null': '{"status":-1,"msg":null}',
  'msg a number': '{"status":-1,"msg":7}',
  'msg an object': '{"status":-1,"msg":{}}',
  'status twice': '{"status":0,"status":-1,"msg":"second"}',
  'as wforce answers': '{"msg":"","r_attrs":{"blacklisted":"1","key":"ip"},"status":-1}',
  'white space': ' \r\n {\t"status" : -1 ,\n "msg" : "spaced" } \n',
};

/** By a name that is a user name too. What they have in common: each is the whole answer of a server to one question. */
export const behaviours: Readonly<Record<string, Behaviour>> = {
  ...Object.fromEntries(statuses.map((status) => [`http-${status}`, says(http(status, NO))])),
  ...Object.fromEntries(
    Object.entries(bodies).map(([name, body]) => [
      `body-${name.replaceAll(' ', '-').toLowerCase()}`,
      says(http(200, body)),
    ]),
  ),
  'http-204': says('HTTP/1.1 204 No Content\r\n\r\n'),
  'http-redirect': says(http(307, NO, 'Location: /elsewhere')),
  'http-100-first': says(`HTTP/1.1 100 Continue\r\n\r\n${http(200, NO)}`),
  'http-1.0': closesAfter(`HTTP/1.0 200 OK\r\nContent-Type: application/json\r\n\r\n${NO}`),
  'http-no-length': closesAfter(`HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n${NO}`),
  'http-chunked': says(
    `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n${NO.slice(0, 5)}\r\n${(NO.length - 5).toString(16)}\r\n${NO.slice(5)}\r\n0\r\n\r\n`,
  ),
  'http-chunked-badly': says(`HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n${NO}\r\n0\r\n\r\n`),
  'http-another-type': says(http(200, NO).replace('application/json', 'text/plain')),
  'http-close': closesAfter(http(200, NO, 'Connection: close')),
  'http-negative-length': says(`HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n${NO}`),
  'close-at-once': closesAfter(''),
  'close-with-reset': (socket) => void socket.resetAndDestroy(),
  'close-in-the-status-line': closesAfter('HTTP/1.1 20'),
  'close-in-the-headers': closesAfter('HTTP/1.1 200 OK\r\nContent-Le'),
  'close-before-the-body': closesAfter(http(200, NO).slice(0, -NO.length)),
  'close-in-the-body': closesAfter(http(200, NO).slice(0, -5)),
  'garbage-line': closesAfter('what do you want?\r\n\r\n'),
  'garbage-ssh': says('SSH-2.0-OpenSSH_9.2p1\r\n'),
  'garbage-bytes': (socket) => void socket.end(Buffer.alloc(512)),
  'stall-at-once': () => {},
  'stall-in-the-headers': says('HTTP/1.1 200 OK\r\nContent-'),
  'slow-within-the-deadline': slowly(http(200, NO), 2),
};

/** These take Dovecot 2.3.19's auth process down (`Panic: io_add(…) called twice`) when its deadline comes. For a client they are no answer in time. */
export const deadlyBehaviours: Readonly<Record<string, Behaviour>> = {
  'stall-before-the-body': says(http(200, NO).slice(0, -NO.length)),
  'stall-in-the-body': says(http(200, NO).slice(0, -1)),
  'slow-beyond-the-deadline': slowly(http(200, NO), 100),
};
