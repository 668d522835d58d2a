import type { Intent } from '../../domain/intent.js';
import type { SessionActions } from '../actions.js';
import type { Context } from '../context.js';

export function intentActions(context: Context): Pick<SessionActions, 'setIntent' | 'loadIntent'> {
  const { get, set, commit, ports, save } = context;
  const change = (intent: Intent, path?: string): void => {
    const files = { ...get().files };
    delete files.intent;
    commit({ intent, files: path === undefined ? files : { ...files, intent: path } });
    save();
  };
  return {
    setIntent: (part) => {
      if (context.refuseWhileBusy()) return;
      set({ notice: null });
      context.attempt(() => {
        change(ports.files.checkIntent({ ...get().intent, ...part }));
      });
    },
    loadIntent: (path) =>
      context.long('Reading the intent', async () => {
        change(await ports.files.readIntent(path), path);
      }),
  };
}
