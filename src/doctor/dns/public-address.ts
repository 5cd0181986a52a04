/** Which addresses others can reach. */
import ipaddr from 'ipaddr.js';

/** `ipaddr.js` calls documentation networks `reserved`, and the rest by their purpose. */
export const isPublicAddress = (address: string): boolean =>
  ipaddr.isValid(address) && ipaddr.process(address).range() === 'unicast';
