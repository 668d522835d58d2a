import type { SessionActions } from '../actions.js';
import type { Context } from '../context.js';
import type { Saver } from '../saver.js';
import { stepAfter, stepBefore, whyNotReachable } from '../selectors/steps.js';
import type { StepId } from '../steps.js';

type Navigation = Pick<
  SessionActions,
  'goTo' | 'next' | 'back' | 'cancel' | 'say' | 'dismissNotice' | 'leave'
>;

export function navigationActions(context: Context, saver: Saver): Navigation {
  const { get, set, notify, ports } = context;
  const goTo = (step: StepId | null): void => {
    if (step === null || step === get().step) return;
    const why = whyNotReachable(step, get());
    if (why !== null) {
      notify('info', why);
      return;
    }
    set({ step, notice: null });
    saver.request();
  };
  return {
    goTo,
    next: () => {
      goTo(stepAfter(get().step));
    },
    back: () => {
      goTo(stepBefore(get().step));
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
