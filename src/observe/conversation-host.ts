import type { Direction, Moment } from '../capture/index.js';
import type { SensorError } from '../errors.js';
import type { ClientHello, ServerHello } from '../model/index.js';
import type { Conversation } from './conversation.js';

/** What a conversation reports, and what it asks. */
export interface ConversationHost {
  /** Rows wait for their ServerHello: the server's bytes are wanted too. */
  readonly wantsServer: boolean;
  /** The packet whose bytes are being handed on. */
  moment(): Moment;
  /** The direction that opened the connection, as far as the capture shows. */
  opener(slot: number): Direction;
  tlsBegan(): void;
  hello(conversation: Conversation, client: Direction, hello: ClientHello, retry: boolean): void;
  serverHello(conversation: Conversation, hello: ServerHello): void;
  /** No ServerHello will come any more. */
  noServerHello(conversation: Conversation): void;
  repeat(): void;
  rejected(conversation: Conversation, client: Direction, error: SensorError): void;
  /** States how many bytes the conversation keeps now. */
  holds(conversation: Conversation, bytes: number): void;
  /** States how many bytes of its last hello it keeps, to tell a repeat or a retry by. */
  remembers(conversation: Conversation, bytes: number): void;
}
