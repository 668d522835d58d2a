import { describe, expect, it } from 'vitest';
import { catalogue } from '../../checks/index.js';
import { catalogueProblems, rootCallsOf } from '../../scripts/check-catalogue.js';
import type { AnyCheck, Catalogue } from '../../src/domain/check.js';

const [first] = catalogue.checks;
if (first === undefined) throw new Error('the catalogue is empty');

const withFirst = (change: Partial<AnyCheck>): Catalogue => ({
  ...catalogue,
  checks: [{ ...first, ...change } as AnyCheck, ...catalogue.checks.slice(1)],
});

it('the catalogue is in order', () => {
  expect(catalogueProblems(catalogue)).toEqual([]);
});

describe('what is planted is found', () => {
  it.each([
    [
      'an id twice',
      { ...catalogue, checks: [...catalogue.checks, first] },
      'two checks have this id',
    ],
    [
      'an id without a file and a test',
      withFirst({ id: 'platform/nowhere' }),
      'stands in no file of its name',
    ],
    ['no why', withFirst({ why: '' }), 'its why says nothing'],
    [
      'a source without a date',
      withFirst({ sources: [{ ...first.sources[0], date: '' }] }),
      'a source has no date',
    ],
    [
      'a source without an address',
      withFirst({ sources: [{ ...first.sources[0], url: 'somewhere' }] }),
      'has no https address',
    ],
    ['no rule', withFirst({ rule: undefined }), 'has no rule'],
    [
      'a rule that says nothing for a release',
      withFirst({ rule: ({ calico }) => (calico === '3.25' ? '' : 'Passes when it is there.') }),
      'its rule for Calico 3.25 says nothing',
    ],
    [
      'fixes that explain cannot show',
      withFirst({ fixes: () => [] }),
      'has fixes and no example of a node',
    ],
    [
      'a row without its check',
      { ...catalogue, checks: catalogue.checks.filter(({ id }) => id !== 'cni/directories') },
      'B15: there is no check cni/directories',
    ],
    [
      'a row that no source names',
      {
        ...catalogue,
        checks: catalogue.checks.map((check) =>
          check.id === 'cni/directories'
            ? { ...check, sources: [{ ...first.sources[0], page: 'B1' }] }
            : check,
        ),
      },
      'B15: no source of its checks names it',
    ],
    [
      'a requirement beyond the pages without its check',
      { ...catalogue, checks: catalogue.checks.filter(({ id }) => id !== 'platform/selinux') },
      'beyond the pages: there is no check platform/selinux',
    ],
    [
      'a check that is missing from the index file',
      withFirst({ id: 'bad id' }),
      'its id is not area/name',
    ],
  ] satisfies readonly (readonly [string, Catalogue, string])[])(
    '%s',
    (_name, planted, problem) => {
      expect(catalogueProblems(planted).join('\n')).toContain(problem);
    },
  );

  it.each([
    ['as_root /bin/a --b', ['/bin/a --b']],
    ['x || as_root /bin/a -c 2>/dev/null; as_root /bin/b', ['/bin/a -c', '/bin/b']],
    ['if as_root /bin/a; then :; fi', ['/bin/a']],
    ['echo as_rooted', []],
  ])('the root calls of %s', (script, calls) => {
    expect(rootCallsOf(script)).toEqual(calls);
  });
});
