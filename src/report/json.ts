import type { Report } from '../domain/report.js';

/** The report as JSON with a final newline. Key order is that of the type, so equal reports are equal bytes. */
export const renderJson = (report: Report): string => `${JSON.stringify(report, null, 2)}\n`;
