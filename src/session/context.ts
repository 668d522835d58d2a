import type { StoreApi } from 'zustand/vanilla';
import { CancelledError, OperatorError } from '../domain/errors.js';
import { visibleLine } from '../domain/visible.js';
import { syncFixes } from './fix-items.js';
import type { Judge } from './judge.js';
import type { SessionPorts } from './ports.js';
import type { Saver } from './saver.js';
import type { Notice, SessionState } from './state.js';

/** What every group of actions works with. */
export type Context = {
  readonly ports: SessionPorts;
  readonly get: () => SessionState;
  readonly set: (change: Partial<SessionState>) => void;
  /** Sets what judgements are made from, and judges again. What was exported no longer says the same. */
  readonly commit: (change: Partial<SessionState>) => void;
  readonly notify: (level: Notice['level'], text: string) => void;
  readonly save: () => void;
  /** Runs short work; failures become a notice. */
  readonly attempt: (work: () => void) => void;
  /** Runs long work, one at a time; resolves when it has settled and never rejects. */
  readonly long: (busy: string, work: (signal: AbortSignal) => Promise<void>) => Promise<void>;
  /** True, with a notice, while long work runs: what it works on must not change under it. */
  readonly refuseWhileBusy: () => boolean;
  readonly cancel: () => void;
  /** Cancels, refuses anything new, and resolves when what ran has settled. */
  readonly shutDown: () => Promise<void>;
};

/** What happened and what to do next, as sentences; a message that is the end of a reason has no full stop. */
export function twoSentences({ message, nextStep }: OperatorError): string {
  const stopped = /[.!?]$/.test(message) ? message : `${message}.`;
  return `${stopped} ${nextStep}`;
}

const sentence = (error: unknown): string => {
  if (error instanceof OperatorError) return visibleLine(twoSentences(error), 600);
  return visibleLine(error instanceof Error ? error.message : String(error), 400);
};

export const isCancelled = (error: unknown): boolean =>
  error instanceof CancelledError || (error instanceof Error && error.name === 'AbortError');

type Running = { readonly controller: AbortController; settled: Promise<void> };

export function createContext(
  ports: SessionPorts,
  store: StoreApi<SessionState>,
  judge: Judge,
  saver: Saver,
): Context {
  let running: Running | null = null;
  let left = false;
  const get = store.getState;
  const set = (change: Partial<SessionState>): void => {
    store.setState(change);
  };
  const notify: Context['notify'] = (level, text) => {
    set({ notice: { level, text } });
  };
  const report = (error: unknown): void => {
    if (!isCancelled(error)) notify('error', sentence(error));
  };
  const cancel = (): void => {
    running?.controller.abort();
  };

  async function perform(
    work: (signal: AbortSignal) => Promise<void>,
    signal: AbortSignal,
  ): Promise<void> {
    try {
      await work(signal);
    } catch (error) {
      // Whatever breaks because it was stopped was stopped.
      if (!signal.aborted) report(error);
    }
    if (signal.aborted && !left) notify('info', 'Stopped. What is known is kept.');
    running = null;
    set({ busy: null });
    saver.request();
  }

  return {
    ports,
    get,
    set,
    notify,
    cancel,
    save: () => {
      saver.request();
    },
    commit: (change) => {
      const next = { ...get(), ...change };
      const judgement = judge(next);
      const names = next.nodes.map((node) => node.name);
      const fixes = syncFixes(next.fixes, judgement, names);
      // What was said of a state of before, as that a survey is missing, is not true for long.
      const notice = get().notice?.level === 'info' ? null : get().notice;
      set({ notice, ...change, report: judgement?.report ?? null, fixes, exported: null });
    },
    attempt: (work) => {
      try {
        work();
      } catch (error) {
        report(error);
      }
    },
    long: (busy, work) => {
      if (left) return Promise.resolve();
      const { busy: other } = get();
      if (running !== null || other !== null) {
        notify('info', `${other ?? 'Something'} is still running. Wait for it or stop it first.`);
        return Promise.resolve();
      }
      const controller = new AbortController();
      set({ busy, notice: null });
      const current: Running = { controller, settled: Promise.resolve() };
      running = current;
      current.settled = perform(work, controller.signal);
      return current.settled;
    },
    refuseWhileBusy: () => {
      const { busy } = get();
      if (busy !== null) notify('info', `${busy} is still running. Wait for it or stop it first.`);
      return busy !== null;
    },
    shutDown: async () => {
      left = true;
      cancel();
      await running?.settled;
    },
  };
}
