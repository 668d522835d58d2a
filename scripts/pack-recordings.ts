import { readFile } from 'node:fs/promises';
import { brotliCompressSync, constants } from 'node:zlib';
import type { Plugin } from 'esbuild';

const FLEET = /\/src\/cli\/demo\/fleet\/[a-z0-9-]+\.json$/;

/** The recorded machines of the demo, compressed (a tenth), and unpacked by whoever first looks at them. */
export const packRecordings: Plugin = {
  name: 'pack-recordings',
  setup(build) {
    build.onLoad({ filter: FLEET }, async ({ path }) => {
      const text = JSON.stringify(JSON.parse(await readFile(path, 'utf8')));
      const packed = brotliCompressSync(text, {
        params: { [constants.BROTLI_PARAM_SIZE_HINT]: text.length },
      }).toString('base64');
      return {
        contents: `module.exports = JSON.parse(require('node:zlib').brotliDecompressSync(Buffer.from('${packed}', 'base64')).toString());`,
        loader: 'js',
      };
    });
  },
};
