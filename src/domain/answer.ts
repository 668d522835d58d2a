import type { Reason } from './reason.js';

/** What a probe's parser made of its evidence; every reason for not knowing is a value, not an exception. */
export type Answer<T> =
  | {
      readonly state: 'known';
      readonly value: T;
      /** Set where a part of the output was lost: what it says holds, what it lacks tells nothing. */
      readonly part?: Reason;
    }
  | { readonly state: 'unknown'; readonly reason: Reason };

export const known = <T>(value: T, part?: Reason): Answer<T> => ({
  state: 'known',
  value,
  ...(part === undefined ? {} : { part }),
});
export const notKnown = (reason: Reason): Answer<never> => ({ state: 'unknown', reason });

/** One node's answers by probe id. */
export type AnswerSheet = ReadonlyMap<string, Answer<unknown>>;
