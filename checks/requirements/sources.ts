import type { Source } from '../../src/domain/check.js';

const PAGE_B = 'https://docs.tigera.io/calico/3.29/getting-started/kubernetes/requirements';
const TODAY = 'https://docs.tigera.io/calico/latest/getting-started/kubernetes/requirements';

/** A row of the installation page of Calico 3.0; it carries no date, the release is of January 2018. */
export const pageA = (row: string, says: string): Source => ({
  page: row,
  url: 'https://docs.projectcalico.org/v3.0/getting-started/kubernetes/installation/',
  date: '2018-01',
  says,
});

/** A row of the Calico 3.29 requirements page, as it stood before December 2025. */
export const pageB = (row: string, anchor: string, says: string): Source => ({
  page: row,
  url: `${PAGE_B}#${anchor}`,
  date: '2024-10-29',
  says,
});

/** The same page as it stands for all supported releases since December 2025. */
export const pageToday = (anchor: string, says: string): Source => ({
  page: 'System requirements, text of December 2025',
  url: `${TODAY}#${anchor}`,
  date: '2025-12-08',
  says,
});
