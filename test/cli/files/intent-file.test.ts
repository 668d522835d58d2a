import { describe, expect, it } from 'vitest';
import { intentFile } from '../../../src/cli/commands/intent.js';
import { parseIntent } from '../../../src/cli/files/intent-file.js';
import { InputError } from '../../../src/domain/errors.js';
import { DEFAULT_INTENT } from '../../../src/domain/intent.js';

const refused = (text: string): string => {
  try {
    parseIntent(text, 'i.yaml');
  } catch (error) {
    if (error instanceof InputError) return `${error.message} ${error.nextStep}`;
    throw error;
  }
  return 'accepted';
};

describe('intent files', () => {
  it('the printed one says exactly the defaults', () => {
    expect(parseIntent(intentFile(), 'i.yaml')).toEqual(DEFAULT_INTENT);
  });

  it.each([
    ['', {}],
    ['encapsulation: vxlan\nbgp: false\n', { encapsulation: 'vxlan', bgp: false }],
    ['calico: "3.29-page-B"\nmtu: 1450\n', { calico: '3.29-page-B', mtu: 1450 }],
    [
      'ipFamilies: [ipv4, ipv6]\npodCIDRs: [10.0.0.0/8, "fd00::/48"]\n',
      { ipFamilies: ['ipv4', 'ipv6'], podCIDRs: ['10.0.0.0/8', 'fd00::/48'] },
    ],
  ])('%j', (text, change) => {
    expect(parseIntent(text, 'i.yaml')).toEqual({ ...DEFAULT_INTENT, ...change });
  });

  it.each([
    [
      'bgp: true\nencapsulaton: vxlan\n',
      /^i.yaml:2:1: unknown key "encapsulaton".*known keys are calico, install/,
    ],
    [
      'calico: "3.33"\n',
      /^i.yaml:1:9: "calico" is not what it should be. Expected one of 3.25, .*3.29-page-B/,
    ],
    ['calico: 3.30\n', /^i.yaml:1:9: "calico" must be in quotes/],
    ['kubernetes: 1.30\n', /^i.yaml:1:13: "kubernetes" must be in quotes/],
    ['bgp: maybe\n', /^i.yaml:1:6: "bgp".*Expected true or false\.$/],
    ['podCIDRs:\n  - 10.0.0.0/8\n  - 10.0.0.0/33\n', /^i.yaml:3:5: "podCIDRs.1".*CIDR such as/],
    [
      'bgp: true\nbgp: false\n',
      /^i.yaml:2:1: this is not a YAML intent file: Map keys must be unique/,
    ],
    ['a: [\n', /^i.yaml:\d+:\d+: this is not a YAML intent file/],
    ['- 1\n', /i.yaml:1:1: this is not an intent/],
    ['vxlanPort: 99999\n', /^i.yaml:1:12: "vxlanPort"/],
    ['podCIDRs: 10.0.0.0/8\n', /^i.yaml:1:11: "podCIDRs".*Expected a list\.$/],
    ['ipFamilies: [ipv4, ipv4]\n', /^i.yaml:1:13: "ipFamilies".*Expected each family once\.$/],
    ['nodePortRange: 9-1\n', /^i.yaml:1:16: "nodePortRange".*Expected a range of ports such as/],
    ['nodePortRange: 1-65536\n', /^i.yaml:1:16: "nodePortRange".*Expected a range of ports/],
    ['apiServer: a:65536\n', /^i.yaml:1:12: "apiServer".*Expected host:port, or empty\.$/],
    ['bgp: true\n---\nbgp: false\n', /^i.yaml:2:1: .*: it holds more than one document\./],
    ['ipFamilies: []\n', /^i.yaml:1:13: "ipFamilies".*Expected at least 1 of them\.$/],
  ])('%j is refused with its place', (text, says) => {
    expect(refused(text)).toMatch(says);
  });
});
