import rack1a from './fleet/rack1-a.json' with { type: 'json' };
import rack1b from './fleet/rack1-b.json' with { type: 'json' };
import rack2a from './fleet/rack2-a.json' with { type: 'json' };
import rack2b from './fleet/rack2-b.json' with { type: 'json' };
import type { NodeRecording } from './recording.js';

/** The recorded machines of the demo; the build packs the files (scripts/build.ts). */
export const RECORDINGS: readonly NodeRecording[] = [rack1a, rack1b, rack2a, rack2b];
