import { z } from 'zod'

/** What entries and envelopes are made of. */
export const id = z.uuid()
export const instant = z.iso.datetime({ precision: 3 })
export const sha256Hex = z.string().regex(/^[0-9a-f]{64}$/)
export const slug = z.string().min(1).max(64)
export const count = z.int().min(0)
/** A C2SP verifier key. */
export const vkey = z.string().min(1).max(500)

/** Where a fact about a person came from. */
export const FACT_SOURCES = ['officer', 'import', 'scim', 'vetting_case', 'feed'] as const
export type FactSource = (typeof FACT_SOURCES)[number]
