import { execFileSync } from 'node:child_process';
import { BlockList, isIP } from 'node:net';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  contains,
  formatAddress,
  formatCidr,
  overlaps,
  parseAddress,
  parseCidr,
  sizeOf,
  type Cidr,
} from '../../src/domain/cidr.js';

const cidr = (text: string): Cidr => {
  const parsed = parseCidr(text);
  if (parsed === null) throw new Error(`${text} is no CIDR`);
  return parsed;
};

describe('parsing', () => {
  test.each([
    ['192.168.0.0/16', '192.168.0.0/16'],
    ['192.168.7.9/16', '192.168.0.0/16'],
    ['10.0.0.1', '10.0.0.1/32'],
    ['0.0.0.0/0', '0.0.0.0/0'],
    ['::/0', '::/0'],
    ['FE80::1/64', 'fe80::/64'],
    ['::ffff:10.0.0.1', '::ffff:a00:1/128'],
    ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1/128'],
    ['1:0:2:3:4:5:6:7/128', '1:0:2:3:4:5:6:7/128'],
  ])('%s is %s', (text, expected) => {
    expect(formatCidr(cidr(text))).toBe(expected);
  });

  test.each([
    '',
    '10',
    '10.0.0',
    '010.0.0.1',
    '256.0.0.1',
    '10.0.0.1/33',
    '10.0.0.1/',
    '10.0.0.1/08',
    '10.0.0.1/8/8',
    '1::2::3',
    ':::',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '1:2:3:4:5:6:7::8',
    '1.2.3.4::',
    'fe80::1%eth0',
    '::/129',
    'default',
  ])('%j is not a CIDR', (text) => {
    expect(parseCidr(text)).toBeNull();
  });
});

test.each([
  ['10.0.0.0/8', '10.1.0.0/16', true],
  ['10.1.0.0/16', '10.0.0.0/8', true],
  ['10.1.0.0/16', '10.2.0.0/16', false],
  ['0.0.0.0/0', '::/0', false],
  ['192.168.0.0/16', '192.168.255.255', true],
  ['fd00::/8', 'fe80::/10', false],
])('%s overlaps %s: %s', (a, b, expected) => {
  expect(overlaps(cidr(a), cidr(b))).toBe(expected);
});

test('sizes', () => {
  expect(sizeOf(cidr('10.0.0.0/26'))).toBe(64n);
  expect(sizeOf(cidr('::/0'))).toBe(1n << 128n);
});

const text4 = fc.tuple(fc.ipV4(), fc.nat(32)).map(([ip, length]) => `${ip}/${String(length)}`);
const text6 = fc.tuple(fc.ipV6(), fc.nat(128)).map(([ip, length]) => `${ip}/${String(length)}`);

test('membership agrees with BlockList of Node', () => {
  const member = (block: string, ip: string, family: 'ipv4' | 'ipv6'): void => {
    const list = new BlockList();
    const [network = '', length = ''] = block.split('/');
    list.addSubnet(network, Number(length), family);
    expect(contains(cidr(block), cidr(ip))).toBe(list.check(ip, family));
  };
  fc.assert(
    fc.property(text4, fc.ipV4(), (block, ip) => {
      member(block, ip, 'ipv4');
    }),
  );
  fc.assert(
    fc.property(text6, fc.ipV6(), (block, ip) => {
      member(block, ip, 'ipv6');
    }),
  );
});

test('what is an address agrees with isIP of Node', () => {
  const near = fc.string({
    unit: fc.constantFrom('0', '1', '2', '9', 'a', 'f', '.', ':'),
    maxLength: 20,
  });
  fc.assert(
    fc.property(fc.oneof(fc.ipV4(), fc.ipV6(), near), (text) => {
      expect(parseAddress(text)?.family ?? 0).toBe(isIP(text));
    }),
    { numRuns: 2000 },
  );
});

test('spelling survives a round trip', () => {
  fc.assert(
    fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (text) => {
      const address = parseAddress(text);
      if (address === null) throw new Error(text);
      expect(parseAddress(formatAddress(address))).toEqual(address);
    }),
  );
});

const hasPython = (() => {
  try {
    execFileSync('python3', ['-c', 'import ipaddress']);
    return true;
  } catch {
    return false;
  }
})();

test.runIf(hasPython)('overlap and spelling agree with ipaddress of Python', () => {
  const pairs = fc.sample(
    fc.oneof(fc.tuple(text4, text4), fc.tuple(text6, text6), fc.tuple(text4, text6)),
    500,
  );
  const program = `
import ipaddress, json, sys
n = lambda t: ipaddress.ip_network(t, strict=False)
def spell(t):
    v = n(t)
    return '%x/%d' % (int(v.network_address), v.prefixlen)
print(json.dumps([[spell(a), spell(b), n(a).version == n(b).version and n(a).overlaps(n(b))] for a, b in json.load(sys.stdin)]))`;
  const answers = JSON.parse(
    execFileSync('python3', ['-c', program], { input: JSON.stringify(pairs), encoding: 'utf8' }),
  ) as unknown;
  const spell = (block: Cidr): string => `${block.value.toString(16)}/${String(block.prefix)}`;
  const ours = pairs.map(([a, b]) => [spell(cidr(a)), spell(cidr(b)), overlaps(cidr(a), cidr(b))]);
  expect(ours).toEqual(answers);
});
