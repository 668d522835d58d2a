import type { Report } from '../domain/report.js';
import { renderHtml } from './html.js';
import { renderHuman, type HumanOptions } from './human.js';
import { renderJson } from './json.js';
import { renderJunit } from './junit.js';
import { renderMarkdown } from './markdown.js';
import { renderSarif } from './sarif.js';

export const FORMATS = ['human', 'json', 'junit', 'sarif', 'markdown', 'html'] as const;
export type Format = (typeof FORMATS)[number];

const PLAIN: Readonly<Record<Exclude<Format, 'human'>, (report: Report) => string>> = {
  json: renderJson,
  junit: renderJunit,
  sarif: renderSarif,
  markdown: renderMarkdown,
  html: renderHtml,
};

/** Renders one report value in any format; `options` matter to `human` alone. */
export const render = (report: Report, format: Format, options: HumanOptions): string =>
  format === 'human' ? renderHuman(report, options) : PLAIN[format](report);
