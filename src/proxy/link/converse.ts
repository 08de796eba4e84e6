import type { Duplex } from 'node:stream';
import type { BackendDialogue, BackendStep } from '../dialogue.js';
import { linkFailure, linkReason, printable, systemCode } from './failure.js';
import type { Leash } from './leash.js';

/** Where a dialogue stands still: TLS is to begin, or the login may. */
export type Milestone = Extract<BackendStep, { readonly step: 'start_tls' | 'ready' }>;

/**
 * Carries bytes between a backend and its dialogue until that gets somewhere. The stream is paused then; nothing that came is lost: the dialogue has it, or the stream.
 *
 * @param first steps to take before anything is read
 * @param host for messages
 */
export function converse(
  stream: Duplex,
  leash: Leash,
  dialogue: BackendDialogue,
  first: readonly BackendStep[],
  host: string,
): Promise<Milestone> {
  return leash.wait<Milestone>(closed(host), ({ resolve, reject }) => {
    const take = (steps: readonly BackendStep[]): void => {
      let reached: Milestone | null = null;
      for (const step of steps) {
        if (step.step === 'send') stream.write(step.bytes);
        else if (step.step === 'broken') {
          const words = printable(step.text);
          reject(
            linkFailure(
              linkReason(step.reason),
              'dialogue',
              host,
              words === '' ? 'cannot be used' : `cannot be used: ${words}`,
            ),
          );
          return;
        } else if (step.step === 'start_tls' || step.step === 'ready') reached = step;
      }
      if (reached !== null) resolve(reached);
    };
    const listen = (steps: () => readonly BackendStep[]): void => {
      try {
        take(steps());
      } catch (error) {
        // A fault of ours must cost this link and no other.
        reject(
          linkFailure(
            'proxy_dest_internal_failure',
            'dialogue',
            host,
            `met a fault of the proxy (${systemCode(error)})`,
            {
              cause: error,
            },
          ),
        );
      }
    };
    const onData = (bytes: Uint8Array) => listen(() => dialogue.push(bytes));
    const onEnd = () => reject(closed(host)(null));
    stream.on('data', onData).on('end', onEnd);
    stream.resume();
    listen(() => first);
    return () => {
      stream.pause();
      stream.off('data', onData).off('end', onEnd);
    };
  });
}

/** What the end of a connection means while a backend is talked to. */
export function closed(host: string): (error: Error | null) => ReturnType<typeof linkFailure> {
  return (error) =>
    linkFailure(
      'proxy_dest_remote_failure',
      'dialogue',
      host,
      error === null
        ? 'closed the connection before the login'
        : `broke the connection before the login (${systemCode(error)})`,
      { cause: error },
    );
}
