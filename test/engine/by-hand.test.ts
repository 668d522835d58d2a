import { expect, test } from 'vitest';
import { inotifyLimits } from '../../checks/kernel/inotify-limits.js';
import { unmanagedFix } from '../../checks/interfaces/networkmanager-fix.js';
import { warn } from '../../src/domain/check.js';
import { DEFAULT_INTENT } from '../../src/domain/intent.js';
import { findingOf } from '../../src/engine/finding.js';

test('the report says which ways the tool only shows', () => {
  const applied = unmanagedFix([]);
  const shown = { ...applied, way: 'other', byHandOnly: true };
  const { fixes } = findingOf(inotifyLimits, warn('a', 'b'), [applied, shown], DEFAULT_INTENT);
  expect(fixes.map(({ way, byHand }) => [way, byHand])).toEqual([
    [applied.way, undefined],
    ['other', true],
  ]);
  expect(fixes[0]).not.toHaveProperty('byHand');
});
