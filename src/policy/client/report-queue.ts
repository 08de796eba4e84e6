import { MAX_REPORTING, MAX_WAITING_REPORTS } from './limits.js';

/** Where reports go. */
export interface ReportTarget {
  /** Nothing may be sent just now; asked again when the next report comes, or one has been sent. */
  readonly isResting: boolean;
  /** Rejects where it did not arrive. */
  send(body: string): Promise<void>;
}

/** Reports on their way: a few at a time, the others in line, and beyond its length none. */
export class ReportQueue {
  readonly #target: ReportTarget;
  readonly #waiting: string[] = [];
  #underWay = 0;
  #dropped = 0;
  #lost = 0;
  #emptied: (() => void) | null = null;

  constructor(target: ReportTarget) {
    this.#target = target;
  }

  /** How many wait, how many had no room, and how many were sent and did not arrive. */
  get counts(): { readonly waiting: number; readonly dropped: number; readonly lost: number } {
    return { waiting: this.#waiting.length + this.#underWay, dropped: this.#dropped, lost: this.#lost };
  }

  /** @returns false: there was no room for it */
  push(body: string): boolean {
    const hasRoom = this.#waiting.length < MAX_WAITING_REPORTS;
    if (hasRoom) this.#waiting.push(body);
    else this.#dropped++;
    this.#pump();
    return hasRoom;
  }

  /** @returns when nothing is under way and nothing can be sent any more */
  async drained(): Promise<void> {
    this.#pump();
    if (this.#underWay === 0) return;
    await new Promise<void>((resolve) => {
      this.#emptied = resolve;
    });
  }

  #pump(): void {
    while (this.#underWay < MAX_REPORTING && this.#waiting.length > 0 && !this.#target.isResting) {
      this.#underWay++;
      void this.#send(this.#waiting.shift()!);
    }
    if (this.#underWay === 0) this.#emptied?.();
  }

  async #send(body: string): Promise<void> {
    try {
      await this.#target.send(body);
    } catch {
      this.#lost++;
    }
    this.#underWay--;
    this.#pump();
  }
}
