import { defineClusterCheck } from '../../src/domain/check.js';
import { usesIpip } from '../../src/domain/intent.js';
import { pathRule, portsRow, UNTESTED } from './path-text.js';

export const ipip = defineClusterCheck({
  ...UNTESTED,
  id: 'paths/ipip',
  title: 'IP protocol 4 passes between all nodes',
  why: 'With IP-in-IP the packets between pods travel in packets of IP protocol 4, which is neither TCP nor UDP: firewalls that know only ports drop it, and some networks, Azure among them, do not carry it.',
  sources: portsRow('IP-in-IP needs IP protocol 4 between all hosts, in both directions.'),
  skip: (intent) => (usesIpip(intent) ? null : 'this intent does not use IP-in-IP'),
  rule: () => pathRule('Every node to every other with IP protocol 4.', true),
  disagreement:
    'The page (2024-10-29) and the text of 2025-12-08 say protocol 4. Guides for firewalls often open "ipip", which /etc/protocols numbers 94 (number 4 is ipencap there). Protocol 4 judges, because Linux sends it.',
  breaks: ['IP-in-IP encapsulation'],
  alternatives: () => ['encapsulation: vxlan', 'encapsulation: none'],
});
