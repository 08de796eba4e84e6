import type { ProxiedLogin } from '../../model/index.js';
import type { LoginLog } from '../../proxy/index.js';
import { Output } from '../output.js';
import { loginText } from './login-text.js';

/** Somebody at a terminal, who is told of logins in words. */
export class People implements LoginLog {
  readonly failing = false;
  readonly #output = new Output();
  #told: Promise<void> = Promise.resolve();
  #leave: () => void = () => {};

  /** Resolves when nothing can be told any more. */
  readonly gone = new Promise<void>((resolve) => {
    this.#leave = resolve;
  });

  write(login: ProxiedLogin): void {
    this.say(loginText(login));
  }

  /** One text after the other: a terminal may be slow. */
  say(text: string): void {
    this.#told = this.#told
      .then(() => {
        this.#output.print(text);
        return this.#output.flush();
      })
      .catch(() => this.#leave());
  }
}
