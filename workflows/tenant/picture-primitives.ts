import { z } from 'zod'
import { isInstant } from '../shared/instants.ts'

/** In lower case. */
export const objectId = z.string().min(1).max(128)
/** What the tenant calls something; null where it says nothing. */
export const name = z.string().max(1024).nullable()
/** ISO 8601 in UTC with milliseconds. */
export const instant = z.string().refine(isInstant, 'not an instant in UTC with milliseconds')
