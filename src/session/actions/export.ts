import type { SessionActions } from '../actions.js';
import type { Context } from '../context.js';
import type { ExportPort } from '../ports.js';
import type { ExportSettings } from '../state.js';

/** The settings with the bundle's place in full. A session of before may hold a name alone: it is taken from here on. */
export const placed = (settings: ExportSettings, exporter: ExportPort): ExportSettings =>
  settings.bundle === '' ? settings : { ...settings, bundle: exporter.wholePath(settings.bundle) };

export function exportActions(
  context: Context,
): Pick<SessionActions, 'setExport' | 'shortPath' | 'suggestSignKeys' | 'runExport'> {
  const { get, set, notify, ports } = context;
  return {
    setExport: (change) => {
      const before = get().exportSettings;
      const exportSettings = placed({ ...before, ...change }, ports.exporter);
      // What was written is not what these settings ask for.
      const same = JSON.stringify(exportSettings) === JSON.stringify(before);
      set({ exportSettings, exported: same ? get().exported : null });
    },
    shortPath: (path) => ports.exporter.shortPath(path),
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
