import type { SessionActions } from '../actions.js';
import type { Context } from '../context.js';

export function exportActions(
  context: Context,
): Pick<SessionActions, 'setExport' | 'suggestSignKeys' | 'runExport'> {
  const { get, set, notify, ports } = context;
  return {
    setExport: (change) => {
      const before = get().exportSettings;
      const exportSettings = { ...before, ...change };
      // What was written is not what these settings ask for.
      const same = JSON.stringify(exportSettings) === JSON.stringify(before);
      set({ exportSettings, exported: same ? get().exported : null });
    },
    suggestSignKeys: async () => {
      try {
        return await ports.exporter.signKeys();
      } catch {
        // A list of suggestions; the operator can still type a path.
        return [];
      }
    },
    runExport: async () => {
      const { report } = get();
      if (report === null) {
        notify('info', 'Run the survey first.');
        return;
      }
      await context.long('Exporting', async (signal) => {
        const state = get();
        set({ exported: null });
        const exported = await ports.exporter.export(state, report, state.exportSettings, signal);
        set({ exported });
      });
    },
  };
}
