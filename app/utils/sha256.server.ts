import { hash } from 'node:crypto'

/** SHA-256 by Node, for what hashes much: a tenth of the time that the portable one takes. */
export const sha256 = (bytes: Uint8Array): Uint8Array => hash('sha256', bytes, 'buffer')
