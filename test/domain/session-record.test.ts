import { describe, expect, test } from 'vitest';
import { isPostQuantum, postQuantumOf, sessionFacts } from '../../src/domain/session-record.js';

describe('the record of a session', () => {
  test.each([
    ['mlkem768x25519-sha256', true],
    ['sntrup761x25519-sha512@openssh.com', true],
    ['sntrup761x25519-sha512', true],
    ['curve25519-sha256', false],
    ['diffie-hellman-group14-sha256', false],
  ])('%s: post-quantum %s', (kex, expected) => {
    expect(isPostQuantum(kex)).toBe(expected);
    expect(postQuantumOf({ kex })).toEqual({ postQuantum: expected });
  });

  test('says nothing of what it does not know', () => {
    expect(postQuantumOf({})).toEqual({});
    expect(sessionFacts({ transport: 'local', host: 'x' })).toEqual({ transport: 'local' });
  });

  test('makes visible what a server sent', () => {
    const facts = sessionFacts({
      transport: 'ssh2',
      host: 'x',
      serverVersion: 'evil\u001b]0;x\u0007',
      algorithms: { kex: 'curve25519-sha256', 'cipher-in': 'aes256-ctr' },
      authMethod: 'publickey,password',
      authKey: 'SHA256:abc',
    });
    expect(facts).toEqual({
      transport: 'ssh2',
      'ssh-server': 'evil\u241b]0;x\u2407',
      login: 'publickey,password (SHA256:abc)',
      'key-exchange': 'curve25519-sha256 (not post-quantum)',
      cipher: 'aes256-ctr',
    });
  });
});
