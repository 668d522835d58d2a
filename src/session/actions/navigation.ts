import type { SessionActions } from '../actions.js';
import type { Context } from '../context.js';
import type { Saver } from '../saver.js';
import {
  isReachable,
  stepAfter,
  stepBefore,
  stepNumber,
  whyNotReachable,
} from '../selectors/steps.js';
import type { StepId } from '../steps.js';

type Navigation = Pick<
  SessionActions,
  'goTo' | 'next' | 'back' | 'cancel' | 'say' | 'dismissNotice' | 'leave'
>;

export function navigationActions(context: Context, saver: Saver): Navigation {
  const { get, set, notify, ports } = context;
  const goTo = (step: StepId): void => {
    if (step === get().step) return;
    const why = whyNotReachable(step, get());
    if (why !== null) {
      notify('info', why);
      return;
    }
    set({ step, notice: null });
    saver.request();
  };
  /** Remembers where a way forward began, so that Esc leads back there and not to a step that was passed over. */
  const leadTo = (step: StepId): void => {
    const { step: from, cameFrom } = get();
    if (stepNumber(step) > stepNumber(from) && isReachable(step, get()))
      set({ cameFrom: { ...cameFrom, [step]: from } });
    goTo(step);
  };
  return {
    goTo: leadTo,
    next: () => {
      const step = stepAfter(get().step);
      if (step !== null) leadTo(step);
    },
    back: () => {
      const { step, cameFrom } = get();
      const before = cameFrom?.[step] ?? stepBefore(step);
      if (before !== null) goTo(before);
    },
    cancel: context.cancel,
    say: (text) => {
      notify('info', text);
    },
    dismissNotice: () => {
      set({ notice: null });
    },
    leave: async () => {
      await context.shutDown();
      saver.request();
      await saver.idle();
      // The work is kept by now; a connection that does not close cleanly is no reason to stay.
      await ports.fleet.close().catch(() => undefined);
    },
  };
}
