import manifest from '../../package.json' with { type: 'json' };

/** The version in package.json, inlined by the build. */
export const VERSION: string = manifest.version;
export const TOOL = { name: 'calico-ready', version: VERSION } as const;
